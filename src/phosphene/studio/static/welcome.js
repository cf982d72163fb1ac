// @ts-check
/** The first page: drop a song, or choose a project in the folder. */
import { post, upload } from "./api.js";
import { by, make } from "./dom.js";
import { adopt, emit } from "./store.js";

/** @param {any} state */
export function welcome(state) {
  const box = by("welcome");
  const pick = make("input", { type: "file", accept: "audio/*,video/*", hidden: true, onchange: () => pick.files[0] && take(pick.files[0]) });
  const drop = make("div", { class: "drop", id: "drop" },
    make("div", {}, make("strong", {}, "Drop a song here"), make("span", { class: "quiet" }, "mp3, wav, flac, ogg, m4a, or the sound of a video"),
      make("button", { class: "primary", onclick: () => pick.click() }, "Choose a file"), pick));
  const open = (/** @type {string} */ file) => make("li", {}, make("button", { onclick: () => post("api/project/open", { file, idea: by("idea")?.value ?? "" }).then(adopt).catch((error) => emit("refused", error)) }, file));
  const list = (/** @type {string} */ title, /** @type {string[]} */ names) => (names.length ? [make("h2", {}, title), make("ul", { class: "found" }, ...names.map(open))] : []);
  box.replaceChildren(make("div", { class: "card" }, make("h1", {}, "A song in, a music video out"),
    make("p", { class: "lead" }, `The studio listens to your song and lets you shape what moves with it. It makes a folder in “${state.folder}”, and nothing leaves this computer.`),
    make("label", { for: "idea" }, "What is the film about? "), make("input", { id: "idea", maxlength: 500, placeholder: "the sea at night", autocomplete: "off" }),
    drop, ...list("Projects in this folder", state.projects), ...list("Songs in this folder", state.songs)));
}

/** @param {File} file */
async function take(file) {
  const idea = by("idea")?.value ?? "";
  by("drop")?.replaceChildren(make("div", {}, make("strong", {}, `Copying ${file.name} …`)));
  try {
    await adopt(await upload(file, idea));
  } catch (error) {
    emit("refused", error);
    emit("state", { fresh: false });
  }
}

/** A song may be dropped anywhere on the page. */
export function acceptDrops() {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    by("drop")?.classList.add("over");
  });
  addEventListener("dragleave", () => by("drop")?.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    by("drop")?.classList.remove("over");
    const file = event.dataTransfer?.files[0];
    if (file && !by("welcome").hidden) take(file);
  });
}
