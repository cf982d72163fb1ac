// @ts-check
/** Elements, icons and messages to the user. */

/**
 * Make an element: `make("button", {class: "small", onclick}, "Text", child)`.
 * @param {string} tag
 * @param {Record<string, any>} [about] attributes; functions are listeners, and `value`,
 *   `checked`, `disabled` and `hidden` are properties
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {any}
 */
export function make(tag, about = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (["value", "checked", "disabled", "hidden", "src"].includes(name)) /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => child || ""));
  return element;
}

/** @param {string} id @returns {any} */
export const by = (id) => document.getElementById(id);

const PATHS = {
  undo: "M8 5 4 9l4 4M4 9h9a5 5 0 0 1 0 10h-3",
  redo: "m16 5 4 4-4 4m4-4h-9a5 5 0 0 0 0 10h3",
  begin: "M6 5v14M19 5 9 12l10 7z",
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14M16 5v14",
  loop: "M17 2.5 20.5 6 17 9.5M4 11V9a3 3 0 0 1 3-3h13M7 21.5 3.5 18 7 14.5M20 13v2a3 3 0 0 1-3 3H4",
  theme: "M20 14.5A8.5 8.5 0 1 1 9.5 4a6.8 6.8 0 0 0 10.500 10.500z",
  close: "M6 6l12 12M18 6 6 18",
  help: "M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 18v.01",
};

/**
 * Give a button its icon; its text stays for screen readers.
 * @param {any} button
 * @param {string} [name]
 */
export function icon(button, name = button.dataset.icon) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", PATHS[/** @type {keyof PATHS} */ (name)]);
  svg.append(path);
  button.querySelector("svg")?.remove();
  button.append(svg);
}

let hiding = 0;

/**
 * Show a message for some seconds.
 * @param {string} text
 * @param {boolean} [bad]
 */
export function toast(text, bad = false) {
  const box = by("toast");
  box.textContent = text;
  box.className = `toast shown${bad ? " bad" : ""}`;
  clearTimeout(hiding);
  hiding = window.setTimeout(() => (box.className = "toast"), bad ? 9000 : 3500);
}

/**
 * Announce a text to screen readers only.
 * @param {string} text
 */
export function speak(text) {
  by("spoken").textContent = text;
}

/**
 * Open a dialog; Escape closes it.
 * @param {string} title
 * @param {...Node} content
 */
export function dialog(title, ...content) {
  const box = by("dialog");
  const close = make("button", { onclick: () => box.close() }, "Close");
  box.replaceChildren(make("h2", {}, title), ...content, make("div", { class: "actions" }, close));
  box.setAttribute("aria-label", title);
  box.onclose = () => box.replaceChildren();
  box.showModal();
}
