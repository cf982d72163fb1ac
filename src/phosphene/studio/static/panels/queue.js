// @ts-check
/** The queue: takes of a few bars and films, with their progress and results. */
import { post, Refused, url } from "../api.js";
import { by, dialog, make } from "../dom.js";
import { clock, fps, lastBefore, song } from "../music.js";
import { emit, refuse, store } from "../store.js";
import { sameBars } from "../preview/takes.js";

/** @type {Record<string, any>} The values of the film form; they survive a redraw of the panel. */
const wanted = { quality: "standard", format: "mp4" };

/** @param {import("../timeline/timeline.js").Timeline} timeline */
export function renderPanel(timeline) {
  const { video, model } = store.state.project;
  const field = (/** @type {string} */ key, /** @type {any} */ about) => make("input", { id: `film-${key}`, "data-entry": `film.${key}`, value: wanted[key] ?? "", oninput: (/** @type {any} */ event) => (wanted[key] = event.target.value), ...about });
  const choice = (/** @type {string} */ key, /** @type {string[]} */ names) => {
    const select = make("select", { id: `film-${key}`, onchange: () => (wanted[key] = select.value) }, ...names.map((name) => make("option", {}, name)));
    select.value = wanted[key];
    return select;
  };
  const label = (/** @type {string} */ key, /** @type {string} */ text) => make("label", { for: `film-${key}` }, text);
  const [width, height] = [video.width ?? 512, video.height ?? 512];
  const jobs = [...store.jobs].reverse();
  return [
    make("h2", {}, "Render the film"),
    make("div", { class: "form" },
      label("name", "name"), field("name", { placeholder: store.state.name }),
      label("model", "model"), make("span", {}, by("model").value || model.name),
      label("quality", "quality"), choice("quality", ["draft", "standard", "fine"]),
      label("width", "size, px"), make("div", { class: "row" }, field("width", { type: "number", min: 16, max: 8192, step: 2, placeholder: width, "aria-label": "Width" }), "×", field("height", { type: "number", min: 16, max: 8192, step: 2, placeholder: height, "aria-label": "Height" })),
      label("fps", "frames/s"), field("fps", { placeholder: video.fps ?? 15 }),
      label("format", "format"), choice("format", ["mp4", "mov", "mkv", "webm", "gif"])),
    make("div", { class: "row spread" }, make("p", { class: "note" }, "Rendering continues when the browser is closed."), make("button", { class: "primary", onclick: film }, "Render")),
    make("h2", {}, "Takes and films"),
    jobs.length ? make("ul", { class: "rows" }, ...jobs.map((job) => make("li", {}, card(timeline, job)))) : make("p", { class: "note" }, "Nothing is painted yet. Paint a frame (P) or eight bars (B) to see what the model makes of them."),
  ];
}

/** @param {import("../timeline/timeline.js").Timeline} timeline @param {any} job */
function card(timeline, job) {
  const { asked, state } = job;
  const last = job.pictures[job.pictures.length - 1];
  const picture = last === undefined ? make("span", { class: "blank" }) : make("img", { src: url(`takes/${job.id}/${last}.jpg`), alt: "", loading: "lazy" });
  const steer = (/** @type {string} */ what, /** @type {string} */ text) => make("button", { class: "small", "aria-label": `${text} ${job.output || job.asked.label}`, onclick: () => post(`api/jobs/${job.id}/${what}`).catch((error) => emit("refused", error)) }, text);
  const at = asked.kind !== "film" ? make("button", { class: "small", onclick: () => go(timeline, job) }, "Show") : null;
  const buttons = [
    state === "running" || state === "waiting" ? steer("pause", "Pause") : null,
    state === "paused" || state === "failed" ? steer("resume", "Resume") : null,
    state === "done" && asked.kind === "film" ? make("button", { class: "small", onclick: () => play(job) }, "Play") : null,
    job.pictures.length && asked.kind !== "film" ? at : null,
    sameBars(job).length > 1 && asked.kind === "bars" ? make("button", { class: "small", "aria-label": `Compare the takes of ${asked.label}`, onclick: () => compare(timeline, job) }, "Compare") : null,
    steer("remove", state === "done" ? "Remove" : "Cancel"),
  ];
  return make("div", { class: `job ${state}` }, picture,
    make("div", { class: "title", title: job.output || asked.label }, job.output || asked.label),
    make("div", { class: "about quiet number" }, status(job)),
    make("div", {}, state === "running" || state === "paused" ? make("progress", { max: job.total || 1, value: job.done, "aria-label": "Progress" }) : null, make("div", { class: "row" }, ...buttons)));
}

/** @param {any} job */
function status(job) {
  const frames = `${job.done} of ${job.total || "…"} frames`;
  if (job.state === "waiting") return "waiting";
  if (job.state === "failed") return job.notes[job.notes.length - 1] ?? "failed";
  if (job.state === "paused") return `paused, ${frames}`;
  if (job.state === "running" && job.stage !== "painting") return `${job.stage} …`;
  if (job.state === "running") return `${frames}, ${job.rate.toFixed(1)}/s, ${job.left ? `${clock(job.left, 0)} left` : ""}`;
  const seed = job.asked.seed === null ? "" : `, seed ${job.asked.seed}`;
  return `${job.total} frame${job.total === 1 ? "" : "s"}, ${job.asked.model ?? "the project's model"}${seed}`;
}

async function film() {
  const number = (/** @type {string} */ key) => (wanted[key] ? Number(wanted[key]) : undefined);
  await begin({ kind: "film", label: "Film", name: wanted.name?.trim() || "", width: number("width"), height: number("height"), fps: wanted.fps || undefined, quality: wanted.quality, format: wanted.format });
}

/** @param {any} asked */
async function begin(asked) {
  const model = by("model").value;
  const given = { ...asked, model: model || undefined, quality: asked.quality ?? by("quality").value };
  try {
    await post("api/jobs/new", given);
    store.refused = null;
    emit("tab", "render");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (asked.kind === "film") for (const one of error.errors) one.entry &&= `film.${one.entry}`;
    refuse(error);
  }
}

/** @param {import("../timeline/timeline.js").Timeline} timeline @param {import("../preview/preview.js").Preview} preview */
export function paintFrame(timeline, preview) {
  const frame = preview.frameAt(timeline.transport.time);
  return begin({ kind: "frame", label: `Frame ${frame}`, first: frame, last: frame + 1 });
}

/** @param {import("../timeline/timeline.js").Timeline} timeline */
export function paintBars(timeline) {
  return begin(barsAt(timeline));
}

/**
 * The same bars from four seeds.
 * @param {import("../timeline/timeline.js").Timeline} timeline
 */
export function paintTakes(timeline) {
  return begin({ ...barsAt(timeline), takes: 4 });
}

/**
 * The loop, or eight bars from the playhead.
 * @param {import("../timeline/timeline.js").Timeline} timeline
 */
function barsAt(timeline) {
  const { bars, duration } = song();
  const bar = Math.max(0, lastBefore(bars, timeline.transport.time));
  const range = timeline.transport.range ?? [bars[bar] ?? 0, bars[bar + 8] ?? duration];
  const { first, frames } = store.curves.header;
  const begun = Math.max(first, Math.floor(range[0] * fps() + 1e-6));
  const end = Math.min(first + frames, Math.ceil(range[1] * fps() - 1e-6));
  const [from, to] = range.map((t) => lastBefore(bars, t + 0.01) + 1);
  return { kind: "bars", label: to - from > 1 ? `Bars ${from} to ${to - 1}` : `Bar ${from}`, first: begun, last: end };
}

/** @param {import("../timeline/timeline.js").Timeline} timeline @param {any} job */
function compare(timeline, job) {
  go(timeline, job);
  emit("compare", job);
}

/** @param {import("../timeline/timeline.js").Timeline} timeline @param {any} job */
function go(timeline, job) {
  const begin = job.asked.first / fps(), end = job.asked.last / fps();
  if (job.asked.kind === "bars") timeline.transport.repeat([begin, end], true);
  timeline.transport.seek(begin + 0.001);
  timeline.view.reveal(begin);
  timeline.dirty = true;
}

/** @param {any} job */
function play(job) {
  const about = { src: url(`films/${encodeURIComponent(job.output)}`), controls: true, autoplay: true, loop: true };
  dialog(job.output, job.asked.format === "gif" ? make("img", { src: about.src, alt: job.output }) : make("video", about));
}
