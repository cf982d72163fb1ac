// @ts-check
/** The preview: the view of the camera in the current frame, drawn by the GPU. */
import { getBinary, url } from "../api.js";
import { mixed, palette } from "./palette.js";
import { Paths, STILL_HERE } from "./paths.js";
import { PLANE, program, STILL } from "./shaders.js";
import { exactly, stillBefore } from "./stills.js";
import { emit, on, store } from "../store.js";

const POSE = 11, ROWS = 12;
const SLOW = 22; // milliseconds between two pictures
const UNGRADED = [1, 1, 0];

export class Preview {
  /** @param {HTMLCanvasElement} canvas @param {HTMLElement} screen */
  constructor(canvas, screen) {
    this.canvas = canvas;
    this.screen = screen;
    const options = { antialias: false, alpha: false, desynchronized: false, preserveDrawingBuffer: true };
    const gl = /** @type {WebGL2RenderingContext | null} */ (canvas.getContext("webgl2", options));
    this.gl = gl;
    this.shown = -1;
    this.source = "";
    /** Whether the tiles of the plane are loaded. */ this.ready = false;
    this.detail = 1;
    this.late = 0;
    this.before = 0;
    this.paths = new Paths();
    /** @type {Map<number, ImageBitmap>} */ this.images = new Map();
    if (!gl) return;
    const about = gl.getExtension("WEBGL_debug_renderer_info");
    this.renderer = String(gl.getParameter(about ? about.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
    this.soft = /swiftshader|llvmpipe|software|basic render/i.test(this.renderer);
    if (this.soft) this.detail = 0.5;
    this.plane = program(gl, PLANE);
    this.still = program(gl, STILL);
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    /** @type {WebGLTexture | null} */ this.tiles = gl.createTexture();
    /** @type {WebGLTexture | null} */ this.shades = gl.createTexture();
    /** @type {WebGLTexture | null} */ this.picture = gl.createTexture();
    /** @type {WebGLTexture | null} */ this.dissolving = gl.createTexture();
    /** @type {any} */ this.loaded = null;
    this.tilesReady = getBinary("api/plane.bin").then((plane) => this.adoptTiles(plane));
    new ResizeObserver(() => this.resize()).observe(screen);
    on("curves", () => this.resize());
    on("camera", () => this.adopt());
    on("jobs", () => (this.shown = -1));
    on("picture", () => (this.shown = -1));
  }

  /** @param {any} plane */
  adoptTiles({ header, arrays }) {
    const gl = /** @type {WebGL2RenderingContext} */ (this.gl);
    const { lines, hazes } = arrays, count = lines.length, texels = new Float32Array(4 * count);
    for (let k = 0; k < count; k++) {
      texels[4 * k] = lines[k] / header.step;
      texels[4 * k + 1] = Math.abs(lines[k]) / header.step;
      texels[4 * k + 2] = hazes[2 * k] / 255;
      texels[4 * k + 3] = hazes[2 * k + 1] / 255;
    }
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.tiles ?? null);
    gl.texImage3D(gl.TEXTURE_2D_ARRAY, 0, gl.RGBA16F, header.period, header.period, 3, 0, gl.RGBA, gl.FLOAT, texels);
    for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR], [gl.TEXTURE_WRAP_S, gl.REPEAT], [gl.TEXTURE_WRAP_T, gl.REPEAT]]) {
      gl.texParameteri(gl.TEXTURE_2D_ARRAY, name, value);
    }
    this.ready = true;
    this.shown = -1;
  }

  adopt() {
    const { header, arrays } = store.camera;
    this.palettes = [...arrays.hues].map((hue) => palette(hue, header.shades));
    this.mixture = new Uint8Array(4 * header.shades);
    this.rows = new Map();
    for (let k = 0; k < arrays.octaves.length; k += 8) {
      this.rows.set(`${arrays.octaves[k]},${arrays.octaves[k + 1]}`, arrays.octaves.subarray(k + 2, k + 8));
    }
    this.paths.clear();
    this.shown = -1;
    this.images.clear();
    const { version } = store.camera;
    for (const [place, scene] of header.images) {
      fetch(url(`api/images/${scene}`)).then((answer) => (answer.ok ? answer.blob() : Promise.reject())).then(createImageBitmap)
        .then((image) => {
          if (version === store.camera.version) this.images.set(place, image);
          this.shown = -1;
        }).catch(() => {});
    }
  }

  resize() {
    if (!store.curves) return;
    const { width, height } = store.curves.header;
    const around = 2 * parseFloat(getComputedStyle(this.screen).paddingLeft);
    const room = [this.screen.clientWidth - around, this.screen.clientHeight - around];
    const scale = Math.max(0.05, Math.min(room[0] / width, room[1] / height));
    this.canvas.style.width = `${Math.round(width * scale)}px`;
    this.canvas.style.height = `${Math.round(height * scale)}px`;
    const density = Math.min(window.devicePixelRatio || 1, 2) * this.detail * scale;
    const [w, h] = [width, height].map((side) => Math.max(16, Math.round(side * Math.min(density, 3))));
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
    }
    this.shown = -1;
  }

  /**
   * The frame of a time.
   * @param {number} t
   */
  frameAt(t) {
    const { fps, first, frames } = store.curves.header;
    return Math.min(Math.max(first, Math.floor(t * fps + 1e-6)), first + frames - 1);
  }

  /**
   * Draw the frame at a time.
   * @param {number} t seconds
   * @param {boolean} playing
   */
  frame(t, playing) {
    const { gl } = this;
    if (!gl || !this.ready || !store.camera || !store.curves) return;
    this.adapt(playing);
    const frame = this.frameAt(t);
    if (frame === this.shown) return;
    const { seen, shares } = store.camera.arrays, row = frame - store.curves.header.first;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.disable(gl.BLEND);
    const painted = exactly(frame);
    let source = "painted";
    if (painted) this.drawStill(painted, STILL_HERE, 1);
    else {
      const later = seen[2 * row + 1];
      if (later >= 0) {
        this.drawPlace(later);
        this.take();
      }
      source = this.drawPlace(seen[2 * row]) ? "painted still, moved" : "preview of the motion";
      if (later >= 0) this.dissolve(shares[row]);
    }
    this.shown = frame;
    if (source !== this.source) {
      this.source = source;
      emit("source", source);
    }
  }

  /**
   * What the camera sees at a place: the last still, moved, or the user's image, or the plane.
   * @param {number} place
   * @returns {boolean} whether a still is visible
   */
  drawPlace(place) {
    const still = stillBefore(place), begin = store.camera.arrays.shots[place];
    const image = still ? null : this.images.get(begin);
    const back = still ? this.paths.since(still.place, place) : image ? this.paths.since(begin, place) : null;
    const cover = back?.cover ?? 0;
    if (cover < 1) this.drawPlane(place);
    if (cover > 0 && back) this.drawStill(still?.bitmap ?? image, back.matrix, cover, still ? UNGRADED : this.graded(place));
    return Boolean(still) && cover > 0;
  }

  /** Save the current drawing, to dissolve to it. */
  take() {
    const gl = /** @type {WebGL2RenderingContext} */ (this.gl);
    gl.activeTexture(gl.TEXTURE3);
    gl.bindTexture(gl.TEXTURE_2D, this.dissolving ?? null);
    gl.copyTexImage2D(gl.TEXTURE_2D, 0, gl.RGB, 0, 0, this.canvas.width, this.canvas.height, 0);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
  }

  /** @param {number} share */
  dissolve(share) {
    // The rows of a canvas are from the bottom up.
    this.drawTexture(3, [1, 0, 0, 0, -1, store.curves.header.height - 1, 0, 0, 1], share, UNGRADED);
  }

  /**
   * Shrink the canvas if frames are late.
   * @param {boolean} playing
   */
  adapt(playing) {
    const now = performance.now(), took = now - this.before;
    this.before = now;
    if (!playing || took > 250) return;
    this.late += 0.05 * ((took > SLOW ? 1 : 0) - this.late);
    if (this.late > 0.4 && this.detail > 0.2) {
      this.detail *= 0.75;
      this.late = 0;
      this.resize();
    }
  }

  /** @param {number} place @returns {[number, number, number]} */
  graded(place) {
    const { arrays } = store.curves, row = store.camera.arrays.rows[place];
    const of = (/** @type {string} */ name, /** @type {number} */ rest) => arrays[name]?.[row] ?? rest;
    return [of("brightness", 1), of("saturation", 1), (of("hue", 0) * Math.PI) / 180];
  }

  /** @param {number} place */
  drawPlane(place) {
    const gl = /** @type {WebGL2RenderingContext} */ (this.gl);
    const { header, arrays } = store.camera;
    const { width, height } = store.curves.header;
    const { program: made, at } = /** @type {any} */ (this.plane);
    gl.useProgram(made);
    const lying = new Float32Array(8 * ROWS), placed = new Float32Array(4 * ROWS);
    let planes = 0;
    for (let k = 0; k < 2; k++) {
      const pose = arrays.poses.subarray((2 * place + k) * POSE, (2 * place + k + 1) * POSE);
      if (!(pose[10] > 0)) continue;
      gl.uniform4f(gl.getUniformLocation(made, `turn[${planes}]`), pose[2], pose[3], pose[4], pose[5]);
      gl.uniform2f(gl.getUniformLocation(made, `lean[${planes}]`), pose[6], pose[7]);
      gl.uniform1f(gl.getUniformLocation(made, `share[${planes}]`), pose[10]);
      for (let n = 0; n < header.kept; n++) {
        const [tile, right, down, left, top, shade] = this.rows?.get(`${pose[0]},${pose[1] + n}`) ?? [];
        const at = ROWS * planes + n, enlarged = 2 ** n;
        lying.set([tile, right, down, shade / header.shades], 4 * at);
        // In double precision, as the position needs it; the card adds only what is in the frame.
        placed.set([(pose[8] * enlarged * right + left) % 512, (pose[9] * enlarged * down + top) % 512], 2 * at);
      }
      planes++;
    }
    gl.uniform1i(at.planes, planes);
    gl.uniform1i(at.kept, header.kept);
    gl.uniform4fv(at.lying, lying);
    gl.uniform2fv(at.placed, placed);
    gl.uniform2f(at.size, width, height);
    gl.uniform1f(at.unit, header.unit);
    gl.uniform3f(at.graded, ...this.graded(place));
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.shades ?? null);
    const count = this.palettes?.length ?? 0;
    mixed(this.palettes ?? [], arrays.weights.subarray(place * count, (place + 1) * count), /** @type {any} */ (this.mixture));
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, header.shades, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, this.mixture ?? null);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.REPEAT);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.tiles ?? null);
    gl.uniform1i(at.tiles, 0);
    gl.uniform1i(at.shades, 1);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** @param {ImageBitmap | null | undefined} bitmap @param {number[]} back @param {number} cover @param {number[]} [graded] */
  drawStill(bitmap, back, cover, graded = UNGRADED) {
    if (!bitmap) return;
    const gl = /** @type {WebGL2RenderingContext} */ (this.gl);
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, this.picture ?? null);
    if (this.loaded !== bitmap) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.MIRRORED_REPEAT);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.MIRRORED_REPEAT);
      this.loaded = bitmap;
    }
    this.drawTexture(2, back, cover, graded);
  }

  /** @param {number} slot @param {number[]} back @param {number} cover @param {number[]} graded */
  drawTexture(slot, back, cover, graded) {
    const gl = /** @type {WebGL2RenderingContext} */ (this.gl);
    const { program: made, at } = /** @type {any} */ (this.still);
    const { width, height } = store.curves.header;
    gl.useProgram(made);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniform1i(at.still, slot);
    gl.uniform2f(at.size, width, height);
    gl.uniformMatrix3fv(at.back, true, new Float32Array(back));
    gl.uniform1f(at.cover, cover);
    gl.uniform3f(at.graded, graded[0], graded[1], graded[2]);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.disable(gl.BLEND);
  }
}
