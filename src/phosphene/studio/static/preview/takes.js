// @ts-check
/** Takes: the same bars painted from several seeds, side by side and in time with the sound. */
import { by, icon, make } from "../dom.js";
import { edit, emit, on, store } from "../store.js";
import { bitmapOf, fetchAhead, takes } from "./stills.js";

const GAP = 0.75, CAPTION = 1.875; // rem between two takes, and of the line under each

/**
 * The takes of the same bars as a job, in the order of their seeds.
 * @param {any} job
 */
export function sameBars(job) {
  const { first, last } = job.asked;
  return takes().filter(({ asked }) => asked.kind === "bars" && asked.first === first && asked.last === last)
    .sort((a, b) => (a.asked.seed ?? 0) - (b.asked.seed ?? 0) || a.id.localeCompare(b.id));
}

export class Takes {
  /** @param {HTMLElement} box @param {import("./preview.js").Preview} preview */
  constructor(box, preview) {
    this.box = box;
    this.preview = preview;
    /** @type {any} */ this.job = null;
    /** @type {{job: any, canvas: HTMLCanvasElement, shown: ImageBitmap | null}[]} */ this.cells = [];
    on("compare", (job) => this.open(job));
    on("jobs", () => this.job && this.open(this.job));
    on("state", () => this.job && this.open(this.job));
    new ResizeObserver(() => this.layout()).observe(box);
  }

  /** @param {any} job one of them; null closes */
  open(job) {
    const found = job ? sameBars(job) : [];
    const changed = (this.job === null) !== (found.length === 0);
    this.job = found.length ? job : null;
    this.box.hidden = !this.job;
    this.preview.canvas.hidden = !this.box.hidden;
    const before = new Map(this.cells.map((cell) => [cell.job.id, cell]));
    const { seed } = store.state.project.model;
    this.cells = found.map((one) => ({ ...(before.get(one.id) ?? { canvas: make("canvas"), shown: null }), job: one }));
    const focus = document.activeElement?.getAttribute("aria-label");
    this.box.replaceChildren(...this.cells.map(({ job: { asked }, canvas }) => {
      const own = asked.seed === seed;
      return make("figure", {}, canvas, make("figcaption", {}, make("span", { class: "number" }, `seed ${asked.seed ?? "of the project"}`),
        own ? make("span", { class: "quiet" }, "in the project") : Number.isSafeInteger(asked.seed) && make("button", { class: "small", "aria-label": `Use seed ${asked.seed}`,
          onclick: () => edit(`Use seed ${asked.seed}`, [{ op: "put", path: ["model", "seed"], value: asked.seed }]) }, "Use")));
    }), this.closing());
    /** @type {any} */ ([...this.box.querySelectorAll("button")].find((one) => focus && one.getAttribute("aria-label") === focus))?.focus();
    this.layout();
    if (changed) emit("compared", Boolean(this.job));
  }

  closing() {
    const button = make("button", { class: "icon close", title: "Close the takes (Escape)", "aria-label": "Close the takes", onclick: () => this.open(null) });
    icon(button, "close");
    return button;
  }

  /** The number of columns in which the pictures are largest. */
  layout() {
    const count = this.cells.length;
    if (!count || !store.curves) return;
    const { width, height } = store.curves.header, { clientWidth, clientHeight } = this.box;
    const [gap, caption] = [GAP, CAPTION].map((size) => size * parseFloat(getComputedStyle(document.documentElement).fontSize));
    let best = 0, columns = 1;
    for (let across = 1; across <= count; across++) {
      const down = Math.ceil(count / across);
      const scale = Math.min(((clientWidth - gap) / across - gap) / width, ((clientHeight - gap) / down - gap - caption) / height);
      if (scale > best) [best, columns] = [scale, across];
    }
    this.box.style.gridTemplateColumns = `repeat(${columns}, max-content)`;
    for (const { canvas } of this.cells) {
      canvas.style.width = `${Math.max(32, Math.floor(width * best))}px`;
      canvas.style.height = `${Math.max(32, Math.floor(height * best))}px`;
    }
  }

  /**
   * Draw the frame at a time in each take.
   * @param {number} t seconds
   */
  frame(t) {
    if (!this.job || !store.curves) return;
    const frame = this.preview.frameAt(t);
    for (const cell of this.cells) {
      const first = cell.job.pictures[0], last = cell.job.pictures[cell.job.pictures.length - 1];
      if (frame < first || frame > last) continue;
      const bitmap = bitmapOf({ job: cell.job.id, frame });
      fetchAhead(cell.job.id, frame, last);
      if (!bitmap || bitmap === cell.shown) continue;
      cell.shown = bitmap;
      if (cell.canvas.width !== bitmap.width) [cell.canvas.width, cell.canvas.height] = [bitmap.width, bitmap.height];
      cell.canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    }
  }
}
