// @ts-check
/** Forms of parameters, generated from the schemas of modulators, including those of plugins. */
import { make } from "../dom.js";
import { short } from "../music.js";
import { entryOf } from "./mistakes.js";

let gestures = 0;
const gesture = () => `${Date.now()}-${++gestures}`;

/**
 * A number, as a slider if both limits are known, and as a field.
 * @param {{value: number | undefined, min?: number, max?: number, integer?: boolean, label: string,
 *   id?: string, own?: boolean, hint?: string, path?: (string | number)[], needed?: boolean}} about `path` of its
 *   entry; one that is not `needed` is removed when the field is cleared
 * @param {(value: any, gesture: string) => void} changed undefined removes the entry
 */
export function number(about, changed) {
  const { min, max, integer } = about;
  const bounded = min !== undefined && max !== undefined && max - min <= 1000;
  const step = integer ? 1 : "any";
  const value = about.value ?? "";
  let turn = gesture();
  const field = make("input", {
    type: "number", step, min, max, value, id: about.id, "aria-label": about.id ? undefined : about.label, title: about.hint,
    class: about.own ? "own" : "quiet", "data-entry": about.path && entryOf(about.path),
    onchange: () => {
      if (field.validity.badInput || (field.value === "" && about.needed)) field.value = value;
      else changed(field.value === "" ? undefined : Number(field.value), "");
    },
  });
  if (!bounded) return field;
  const fine = integer ? 1 : 10 ** (Math.floor(Math.log10(/** @type {number} */ (max) - /** @type {number} */ (min))) - 2);
  const slider = make("input", {
    type: "range", min, max, step: fine, value: value === "" ? min : value, "aria-label": `${about.label}, slider`,
    onpointerdown: () => (turn = gesture()),
    oninput: () => {
      const given = short(Number(slider.value), 6);
      field.value = String(given);
      changed(given, turn);
    },
  });
  return make("div", { class: "slide" }, slider, field);
}

/**
 * One row of a form.
 * @param {any} field from `phosphene.studio.views.forms`
 * @param {any} value as it is in the file
 * @param {(value: any, gesture?: string) => void} changed undefined removes the entry
 * @param {(string | number)[]} path of its entry
 * @returns {Node[]}
 */
export function row(field, value, changed, path) {
  const id = `field-${field.name}`;
  const own = value !== undefined;
  const shown = own ? value : field.default;
  const hint = [field.about, field.allowed && `(${field.allowed})`].filter(Boolean).join(" ");
  const label = make("label", { for: id, title: hint, class: own ? "own" : "" }, field.name.replaceAll("_", " "));
  return [label, control(field, id, shown, own, hint, changed, path)];
}

/** @param {any} field @param {string} id @param {any} shown @param {boolean} own @param {string} hint @param {any} changed @param {(string | number)[]} path */
function control(field, id, shown, own, hint, changed, path) {
  const about = { id, title: hint, class: own ? "own" : "quiet", "data-entry": entryOf(path) };
  if (field.kind === "number" || field.kind === "integer") {
    const value = typeof shown === "number" ? shown : undefined;
    return number({ ...field, integer: field.kind === "integer", value, id, label: field.name, own, hint, path }, changed);
  }
  if (field.kind === "boolean") {
    return make("input", { ...about, type: "checkbox", checked: Boolean(shown), onchange: (/** @type {any} */ event) => changed(event.target.checked) });
  }
  if (field.kind === "choice") {
    const options = field.choices.map((/** @type {string} */ name) => make("option", { value: name }, name));
    const select = make("select", { ...about, onchange: () => changed(select.value) }, ...options);
    select.value = String(shown);
    return select;
  }
  if (["span", "position", "text", "mixed"].includes(field.kind)) {
    const text = shown === null || shown === undefined ? "" : String(typeof shown === "object" ? shown.text ?? "" : shown);
    const whole = () => field.kind === "mixed" && /^\d+$/.test(input.value.trim()) && Number.isSafeInteger(Number(input.value));
    const input = make("input", {
      ...about, value: text, list: field.list, placeholder: field.placeholder ?? (field.kind === "span" ? "0.3s, 2 bars" : field.kind === "position" ? "bar 9, 2.5s" : ""),
      onchange: () => changed(input.value.trim() === "" ? undefined : whole() ? Number(input.value) : input.value.trim()),
    });
    return input;
  }
  return make("span", { class: "quiet", title: hint }, own ? JSON.stringify(shown) : "in the file");
}
