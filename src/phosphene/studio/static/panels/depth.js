// @ts-check
/** The form of `[depth]`: a space through which the camera moves, or the flat picture. */
import { by, make } from "../dom.js";
import { row } from "./forms.js";
import { edit, store } from "../store.js";

const SOURCE = ["depth", "source"];
const UNBOUNDED = ["near", "far"]; // a slider is useless over a range of 1000

/** @returns {Node[]} */
export function depthForm() {
  const { depth } = store.state.project, { depths, depth: fields } = store.choices;
  const given = depth.source, model = given !== undefined && !(given in depths);
  const put = (/** @type {string} */ value) => edit("Change depth", [{ op: "put", path: SOURCE, value }]);
  const choice = make("select", { id: "depth-kind", class: given ? "own" : "quiet", "data-entry": model ? undefined : "depth.source", onchange: () => {
    if (choice.value === "flat") edit("Remove depth", [{ op: "drop", path: ["depth"] }]);
    else if (choice.value !== "model") put(choice.value);
    else {
      by("depth-model").closest("div").hidden = false;
      by("depth-model").focus();
    }
  } },
    make("option", { value: "flat" }, "none: the picture is flat"),
    make("optgroup", { label: "Drawn" }, ...Object.entries(depths).map(([name, about]) => make("option", { value: name, title: about }, name))),
    make("option", { value: "model" }, "estimated by a model …"));
  choice.value = given === undefined ? "flat" : model ? "model" : given;
  const name = make("input", { id: "depth-model", class: "own", value: model ? given : "", "data-entry": model ? "depth.source" : undefined, "aria-label": "Model that estimates depth",
    placeholder: "depth-anything/Depth-Anything-V2-Small-hf", onchange: () => name.value.trim() && put(name.value.trim()) });
  const rows = fields.filter((/** @type {any} */ field) => given !== undefined && field.name !== "source").flatMap((/** @type {any} */ field) => {
    const path = ["depth", field.name], bounds = UNBOUNDED.includes(field.name) ? { max: undefined } : {};
    return row({ ...field, ...bounds }, depth[field.name], (value, gesture = "") =>
      edit(`Change ${field.name} of the depth`, [value === undefined ? { op: "drop", path } : { op: "put", path, value }], gesture), path);
  });
  return [
    make("div", { class: "form" }, make("label", { for: "depth-kind", class: given ? "own" : "", title: fields[0].about }, "depth"),
      make("div", { class: "stack" }, choice, make("div", { class: "row", hidden: !model }, name)), ...rows),
    make("p", { class: "note" }, given ? "A layer that drives dolly or a translation moves the camera through it. The preview is flat: paint some bars to see it." : "With depth, near parts of the picture move further than far ones."),
  ];
}
