// @ts-check
/** The timeline: two canvases, one for what stays, one for the playhead, and the gestures on them. */
import { clock, fps, lastBefore, nearest, placed, short, song } from "../music.js";
import { draw } from "./drawing.js";
import { addAt, addKey, moveEntry, moveKey } from "./edits.js";
import { GUTTER, LANE, View } from "./geometry.js";
import { colours } from "./ink.js";
import { entryAt } from "./entries.js";
import { emit, on, select, store } from "../store.js";

/** @typedef {import("../transport.js").Transport} Transport */

export class Timeline {
  /** @param {HTMLCanvasElement} canvas @param {HTMLCanvasElement} over @param {Transport} transport */
  constructor(canvas, over, transport) {
    this.canvas = canvas;
    this.over = over;
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
    const changed = this.canvas.width !== Math.round(width * density) || this.canvas.height !== Math.round(height * density);
    if (!changed) return;
    for (const canvas of [this.canvas, this.over]) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    this.view.width = width;
    this.view.height = height;
    this.view.clamp();
    this.dirty = true;
  }

  /** Draw what has changed; once for each picture. */
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
    const x = Math.round(this.view.x(t));
    if (x >= GUTTER && store.curves) {
      g.fillStyle = this.colours.playhead;
      g.fillRect(x, 0, 1.5, this.view.height);
      g.beginPath();
      g.moveTo(x - 5, 0);
      g.lineTo(x + 6.5, 0);
      g.lineTo(x + 0.75, 8);
      g.fill();
    }
    this.ghost(g);
  }

  /** @param {HTMLCanvasElement} canvas */
  context(canvas) {
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const density = canvas.width / this.view.width;
    g.setTransform(density, 0, 0, density, 0, 0);
    return g;
  }

  /**
   * What is being dragged, where it would go.
   * @param {CanvasRenderingContext2D} g
   */
  ghost(g) {
    const { drag, view } = this;
    if (!drag?.moved || !drag.place) return;
    const x = view.x(drag.place.at);
    g.fillStyle = this.colours.accent;
    g.fillRect(x, view.scenesTop, 1, view.height);
    let label = `${drag.place.text} · ${clock(drag.place.at)}`;
    let y = view.scenesTop + 10;
    if (drag.kind === "key") {
      y = view.y(drag.lane, drag.top, drag.value);
      g.beginPath();
      g.arc(x, y, 6, 0, 7);
      g.fill();
      label = `${drag.value} at ${label}`;
    }
    g.font = '600 12px system-ui, sans-serif';
    const width = g.measureText(label).width + 14;
    const left = x + width + 12 > view.width ? x - width - 10 : x + 10;
    g.fillStyle = this.colours.raised;
    g.fillRect(left, y - 26, width, 20);
    g.fillStyle = this.colours.ink;
    g.textBaseline = "middle";
    g.fillText(label, left + 7, y - 16);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 20 : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (event.ctrlKey || event.metaKey) this.view.zoom(Math.exp(-dy * 0.0022), event.offsetX);
    else if (event.shiftKey || Math.abs(dx) > Math.abs(dy)) this.view.start += (dx || dy) / this.view.scale;
    else if (event.offsetY > this.view.lanesTop) this.view.down += dy;
    else this.view.start += dy / this.view.scale;
    this.follow = false;
    this.view.clamp();
    this.dirty = true;
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0 || !store.curves) return;
    this.canvas.setPointerCapture(event.pointerId);
    const hit = /** @type {any} */ (this.view.hit(event.offsetX, event.offsetY));
    this.drag = { ...hit, x: event.offsetX, y: event.offsetY, moved: false };
    if (hit.kind === "wave" || hit.kind === "ruler") {
      this.follow = true;
      if (hit.kind === "wave") this.transport.seek(this.view.t(event.offsetX));
    } else if (hit.kind === "key") {
      select({ kind: "key", table: hit.name, position: hit.point.position });
      emit("tab", "layers");
    } else if (hit.kind === "border" || hit.kind === "scenes") {
      const entry = hit.entry ?? entryAt(this.view.t(event.offsetX));
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
    const { drag, view } = this;
    if (!drag) {
      const { kind } = view.hit(event.offsetX, event.offsetY);
      const cursors = { key: "grab", border: "ew-resize", ruler: "col-resize", wave: "text", lane: "crosshair" };
      this.canvas.style.cursor = cursors[/** @type {keyof cursors} */ (kind)] ?? "default";
      return;
    }
    if (!drag.moved && Math.hypot(event.offsetX - drag.x, event.offsetY - drag.y) < 4) return;
    drag.moved = true;
    const t = view.t(event.offsetX);
    if (drag.kind === "wave") this.transport.seek(t);
    if (drag.kind === "ruler") this.range(view.t(drag.x), t);
    if (drag.kind === "border") drag.place = placed(t, this.snap, drag.entry.position);
    if (drag.kind === "key") {
      const up = event.shiftKey && Math.abs(event.offsetY - drag.y) > Math.abs(event.offsetX - drag.x);
      const across = event.shiftKey && !up;
      const free = Math.abs(event.offsetX - drag.x) > 3;
      const stays = up || !free;
      drag.place = stays ? { at: drag.point.at, text: drag.point.position } : placed(t, this.snap, drag.point.position);
      const given = view.value(drag.lane, drag.top, event.offsetY);
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
    if (drag.kind === "border") moveEntry(drag.entry, drag.place.text);
    if (drag.kind === "key") moveKey(drag.table, drag.point.position, drag.place.text, drag.value);
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
    const hit = /** @type {any} */ (this.view.hit(event.offsetX, event.offsetY));
    const place = placed(this.view.t(event.offsetX), this.snap);
    if (hit.kind === "scenes") addAt(place.text);
    if (hit.kind === "lane") {
      const fine = 10 ** (Math.floor(Math.log10(hit.lane.high - hit.lane.low)) - 2);
      const value = short(Math.round(this.view.value(hit.lane, hit.top, event.offsetY) / fine) * fine, 6);
      addKey(hit.lane.name, place.text, value);
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
