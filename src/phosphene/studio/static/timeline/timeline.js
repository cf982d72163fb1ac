// @ts-check
/** The timeline: two canvases, one for the content and one for the playhead, and the gestures on them. */
import { fps, lastBefore, nearest, placed, short, song, span } from "../music.js";
import { draw } from "./drawing.js";
import { addAt, addKey, dissolve, moveEntry, moveKey } from "./edits.js";
import { GUTTER, LANE, View } from "./geometry.js";
import { colours } from "./ink.js";
import { entryAt } from "./entries.js";
import { ghost, playhead, refusal } from "./over.js";
import { emit, on, select, store } from "../store.js";

/** @typedef {import("../transport.js").Transport} Transport */

export class Timeline {
  /** @param {HTMLCanvasElement} canvas @param {HTMLCanvasElement} over @param {HTMLElement} flag @param {Transport} transport */
  constructor(canvas, over, flag, transport) {
    this.canvas = canvas;
    this.over = over;
    this.flag = flag;
    /** CSS pixels in a pixel of the view: text is larger on larger screens. */ this.unit = 1;
    this.transport = transport;
    this.view = new View();
    this.snap = "beat";
    this.dirty = true;
    this.colours = colours();
    /** @type {any} */ this.drag = null;
    this.follow = true;
    new ResizeObserver(() => this.resize()).observe(canvas);
    on("curves", () => {
      const fresh = !this.view.lanes.length;
      this.resize();
      this.view.adopt();
      if (fresh) this.view.fit();
      this.view.clamp();
      this.dirty = true;
    });
    on("state", ({ fresh }) => {
      if (fresh) this.view.lanes = [];
      this.dirty = true;
    });
    for (const event of ["selection", "peaks"]) on(event, () => (this.dirty = true));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", () => this.release());
    canvas.addEventListener("pointercancel", () => (this.drag = null));
    canvas.addEventListener("dblclick", (event) => this.double(event));
  }

  recolour() {
    this.colours = colours();
    this.dirty = true;
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const density = window.devicePixelRatio || 1;
    const changed = this.unit !== unit() || this.canvas.width !== Math.round(width * density) || this.canvas.height !== Math.round(height * density);
    if (!changed) return;
    for (const canvas of [this.canvas, this.over]) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    const { whole } = this.view;
    this.unit = unit();
    this.view.width = width / this.unit;
    this.view.height = height / this.unit;
    if (whole) this.view.fit();
    this.view.clamp();
    this.dirty = true;
  }

  /** Draw the changes; called once per drawn frame. */
  frame() {
    const t = this.transport.time;
    this.view.now = t;
    if (this.transport.playing && this.follow && !this.drag && this.view.reveal(t, true)) this.dirty = true;
    if (this.dirty && store.curves) {
      this.dirty = false;
      const g = this.context(this.canvas);
      draw(g, this.view, this.colours, this.transport.range);
    }
    const g = this.context(this.over);
    g.clearRect(0, 0, this.view.width, this.view.height);
    playhead(g, this.view, this.colours);
    ghost(g, this.view, this.colours, this.drag);
    refusal(g, this.view, this.colours, this.flag, this.unit);
  }

  /** @param {HTMLCanvasElement} canvas */
  context(canvas) {
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const density = canvas.width / this.view.width;
    g.setTransform(density, 0, 0, density, 0, 0);
    return g;
  }

  /**
   * Where the pointer is in the view.
   * @param {MouseEvent} event
   */
  at(event) {
    return [event.offsetX / this.unit, event.offsetY / this.unit];
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 20 : 1, [x, y] = this.at(event);
    const [dx, dy] = [event.deltaX * lines, event.deltaY * lines];
    if (event.ctrlKey || event.metaKey) this.view.zoom(Math.exp(-dy * 0.0022), x);
    else if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) this.view.start += (dx || dy) / this.view.scale;
    else if (y > this.view.lanesTop) this.view.down += dy;
    else this.view.start += dy / this.view.scale;
    this.follow = false;
    this.view.clamp();
    this.dirty = true;
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0 || !store.curves) return;
    this.canvas.setPointerCapture(event.pointerId);
    const [x, y] = this.at(event);
    const hit = /** @type {any} */ (this.view.hit(x, y));
    this.drag = { ...hit, x, y, moved: false };
    if (hit.kind === "wave" || hit.kind === "ruler") {
      this.follow = true;
      if (hit.kind === "wave") this.transport.seek(this.view.t(x));
    } else if (hit.kind === "key") {
      select({ kind: "key", table: hit.name, position: hit.point.position });
      emit("tab", "layers");
    } else if (["border", "dissolve", "scenes"].includes(hit.kind)) {
      const entry = hit.entry ?? entryAt(this.view.t(x));
      if (entry) select({ kind: entry.kind, position: entry.position });
      emit("tab", "scenes");
    } else if (hit.kind === "lane" || hit.kind === "name") {
      const part = hit.lane.parts[hit.lane.parts.length - 1];
      const mine = hit.lane.parts.some((/** @type {any} */ one) => one.number === store.layer);
      if (!mine && part) select({ kind: "layer", index: part.number });
      else if (store.selection) select(null);
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { drag, view } = this, [x, y] = this.at(event);
    if (!drag) {
      const { kind } = view.hit(x, y);
      const cursors = { key: "grab", border: "ew-resize", dissolve: "nwse-resize", ruler: "col-resize", wave: "text", lane: "crosshair" };
      this.canvas.style.cursor = cursors[/** @type {keyof cursors} */ (kind)] ?? "default";
      return;
    }
    if (!drag.moved && Math.hypot(x - drag.x, y - drag.y) < 4) return;
    drag.moved = true;
    const t = view.t(x);
    if (drag.kind === "wave") this.transport.seek(t);
    if (drag.kind === "ruler") this.range(view.t(drag.x), t);
    if (drag.kind === "border") drag.place = placed(t, this.snap, drag.entry.position);
    if (drag.kind === "dissolve") drag.place = span(t + 4 / view.scale, drag.entry.at, this.snap);
    if (drag.kind === "key") {
      const up = event.shiftKey && Math.abs(y - drag.y) > Math.abs(x - drag.x);
      const across = event.shiftKey && !up;
      const free = Math.abs(x - drag.x) > 3;
      const stays = up || !free;
      drag.place = stays ? { at: drag.point.at, text: drag.point.position } : placed(t, this.snap, drag.point.position);
      const given = view.value(drag.lane, drag.top, y);
      const fine = 10 ** (Math.floor(Math.log10(drag.lane.high - drag.lane.low)) - 2);
      drag.value = across ? drag.point.value : short(Math.round(given / fine) * fine, 6);
    }
  }

  release() {
    const { drag } = this;
    this.drag = null;
    if (!drag) return;
    if (drag.kind === "ruler" && !drag.moved) this.transport.seek(this.view.t(drag.x));
    if (!drag.moved || !drag.place) return;
    const { at, text } = drag.place;
    if (drag.kind === "border") moveEntry(drag.entry, text, { at });
    if (drag.kind === "dissolve") dissolve(drag.entry, text, { at });
    if (drag.kind === "key") moveKey(drag.table, drag.point.position, text, drag.value, { at, lane: drag.lane.name, value: drag.value });
  }

  /** @param {number} a @param {number} b */
  range(a, b) {
    const [begin, end] = [Math.min(a, b), Math.max(a, b)].map((t) => placed(t, this.snap === "off" ? "off" : "bar").at);
    const bars = song().bars;
    const next = bars[lastBefore(bars, begin) + 1] ?? song().duration;
    this.transport.repeat([begin, end > begin ? end : next], true);
    this.dirty = true;
  }

  /** @param {MouseEvent} event */
  double(event) {
    const [x, y] = this.at(event);
    const hit = /** @type {any} */ (this.view.hit(x, y));
    const { at, text } = placed(this.view.t(x), this.snap);
    if (hit.kind === "scenes") addAt(text, { at });
    if (hit.kind === "lane") {
      const fine = 10 ** (Math.floor(Math.log10(hit.lane.high - hit.lane.low)) - 2);
      const value = short(Math.round(this.view.value(hit.lane, hit.top, y) / fine) * fine, 6);
      addKey(hit.lane.name, text, value, { at, lane: hit.lane.name, value });
    }
  }

  /**
   * Move the playhead by beats, bars or frames.
   * @param {number} by
   * @param {"beat" | "bar" | "frame"} unit
   */
  step(by, unit) {
    const t = this.transport.time;
    const times = unit === "beat" ? song().beats : unit === "bar" ? song().bars : [];
    let to = t + by / (times.length || unit === "frame" ? fps() : 2);
    if (times.length) {
      const k = nearest(times, t);
      const on = Math.abs(times[k] - t) < 0.02;
      const next = on ? k + by : by > 0 ? lastBefore(times, t) + 1 : lastBefore(times, t);
      to = times[Math.min(Math.max(0, next), times.length - 1)];
    } else if (unit === "frame") to = (Math.floor(t * fps() + 1e-3) + by + 0.01) / fps();
    this.transport.seek(to);
    if (this.view.reveal(to)) this.dirty = true;
    this.dirty = true;
  }

  /** @param {number} factor */
  zoom(factor) {
    const x = this.view.x(this.transport.time);
    this.view.zoom(factor, x > GUTTER && x < this.view.width ? x : GUTTER + this.view.inner / 2);
    this.dirty = true;
  }

  /** @param {number} k lane */
  show(k) {
    const top = this.view.top(k);
    if (top < this.view.lanesTop) this.view.down -= this.view.lanesTop - top;
    if (top + LANE > this.view.height) this.view.down += top + LANE - this.view.height;
    this.view.clamp();
    this.dirty = true;
  }
}

/** CSS pixels in a pixel of the view. */
const unit = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
