// @ts-check
/** Errors in forms: an outline around the field, and the message below it. */
import { advice } from "../api.js";
import { make } from "../dom.js";
import { store } from "../store.js";

/**
 * An entry of the project as errors name it, such as `motion[1].zoom."bar 3"`.
 * @param {(string | number)[]} path
 */
export const entryOf = (path) =>
  path.map((part) => (typeof part === "number" ? `[${part}]` : /^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `."${part}"`)).join("").replace(/^\./, "");

/**
 * The entry of the field for a position, which is a key of the file.
 * @param {(string | number)[]} path
 */
export const keyOf = (path) => `${entryOf(path)} position`;

/**
 * The fields that an operation may come from, and what was typed there.
 * @param {any} op
 * @returns {[string, any]}
 */
function originOf(op) {
  if (op.op === "rename") return [keyOf([...op.path, op.key]), op.to];
  if (op.op === "move_scene") return [`scene[${op.index}].at`, op.at];
  return [op.path ? entryOf(op.path) : "", op.value];
}

/** @param {{entry: string, message: string, fix?: string}} error */
export function messageOf({ entry, message, fix }) {
  const at = entry ? message.indexOf(`${entry}: `) : -1;
  return advice({ message: at < 0 ? message : message.slice(at), fix });
}

/**
 * The field of an entry, or of what contains it.
 * @param {HTMLElement} panel
 * @param {string} entry
 */
function fieldOf(panel, entry) {
  /** @type {HTMLElement[]} */ const fields = [...panel.querySelectorAll("[data-entry]")].map((one) => /** @type {HTMLElement} */ (one));
  const known = (/** @type {HTMLElement} */ one) => one.dataset.entry ?? "";
  const around = fields.filter((one) => entry === known(one) || (entry.startsWith(known(one)) && /^[.[]/.test(entry.slice(known(one).length))));
  return around.sort((a, b) => known(b).length - known(a).length)[0];
}

/**
 * Mark the fields of a panel with the errors of the file and of a refused edit.
 * @param {HTMLElement} panel
 */
export function markMistakes(panel) {
  for (const error of store.state.errors) {
    const field = error.entry && fieldOf(panel, error.entry);
    if (field) mark(field, messageOf(error));
  }
  const { refused } = store;
  if (!refused) return;
  const origins = refused.ops.map(originOf), named = refused.errors.map((/** @type {any} */ one) => [one.entry, undefined]);
  for (const [entry, typed] of [...origins, ...named]) {
    const field = /** @type {any} */ (entry && fieldOf(panel, entry));
    if (!field) continue;
    if (["string", "number"].includes(typeof typed) && field.matches("input:not([type=checkbox]), textarea") && field.dataset.entry === entry) field.value = String(typed);
    mark(field, refused.errors.map(messageOf).join("\n"));
    if (!refused.placed) field.scrollIntoView({ block: "nearest" });
    refused.placed = true;
    return;
  }
}

/** @param {HTMLElement} field @param {string} message */
function mark(field, message) {
  let cell = field;
  while (cell.parentElement && !cell.parentElement.matches(".form, .points, .panel")) cell = cell.parentElement;
  if (cell.parentElement?.matches(".points")) while (!cell.matches("button")) cell = /** @type {HTMLElement} */ (cell.nextElementSibling);
  const id = `mistake-${field.id || field.dataset.entry}`.replaceAll(" ", "-");
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
  cell.after(make("p", { class: "mistake", id }, message));
}
