// @ts-check
/** Playback of the song; the picture and the playhead follow its clock. */
import { getBuffer } from "./api.js";

export class Transport {
  constructor() {
    /** @type {AudioContext | null} */ this.context = null;
    /** @type {AudioBuffer | null} */ this.buffer = null;
    /** @type {AudioBufferSourceNode | null} */ this.node = null;
    /** @type {GainNode | null} */ this.gain = null;
    /** @type {[number, number] | null} */ this.range = null;
    this.looping = false;
    this.duration = 1;
    this.volume = 0.8;
    this.offset = 0;
    this.since = 0;
    this.playing = false;
    /** @type {(() => void)[]} */ this.changed = [];
  }

  /** @param {string} path */
  async load(path) {
    this.context ??= new AudioContext({ latencyHint: "interactive" });
    this.gain ??= this.context.createGain();
    this.gain.connect(this.context.destination);
    this.gain.gain.value = this.volume;
    this.buffer = await this.context.decodeAudioData(await getBuffer(path));
    if (this.playing) this.seek(this.time);
    this.notify();
  }

  notify() {
    for (const listener of this.changed) listener();
  }

  /** Current time of the sound card, in seconds of the context. */
  get now() {
    const context = this.context;
    if (!context || !this.buffer) return performance.now() / 1000;
    const stamp = context.getOutputTimestamp?.();
    if (stamp?.performanceTime && stamp.contextTime) {
      return stamp.contextTime + (performance.now() - stamp.performanceTime) / 1000;
    }
    return context.currentTime - (context.outputLatency || context.baseLatency || 0);
  }

  /** Position in the song that is audible now, in seconds. */
  get time() {
    if (!this.playing) return this.offset;
    const t = this.offset + Math.max(0, this.now - this.since);
    const [begin, end] = this.loop ?? [0, Infinity];
    return this.offset < end && t >= end ? begin + ((t - begin) % (end - begin)) : Math.min(t, this.duration);
  }

  /** The range that repeats, if it does. */
  get loop() {
    return this.looping && this.range && this.range[1] - this.range[0] > 0.05 ? this.range : null;
  }

  async play() {
    if (this.playing) return;
    if (this.offset >= this.duration - 0.01) this.offset = this.loop?.[0] ?? 0;
    await this.context?.resume();
    this.playing = true;
    this.start();
    this.notify();
  }

  pause() {
    if (!this.playing) return;
    this.offset = this.time;
    this.playing = false;
    this.stop();
    this.notify();
  }

  /** @param {number} t */
  seek(t) {
    this.offset = Math.min(Math.max(0, t), this.duration);
    if (this.playing) {
      this.stop();
      this.start();
    }
    this.notify();
  }

  /** @param {[number, number] | null} range @param {boolean} looping */
  repeat(range, looping) {
    const t = this.time;
    this.range = range;
    this.looping = looping;
    this.seek(t);
  }

  /** @param {number} volume */
  set loudness(volume) {
    this.volume = volume;
    if (this.gain) this.gain.gain.value = volume;
  }

  /** Called for each drawn frame; stops at the end. */
  tick() {
    if (this.playing && !this.loop && this.time >= this.duration - 1e-3) {
      this.pause();
    }
  }

  start() {
    const { context, buffer, gain } = this;
    this.since = this.now;
    if (!context || !buffer || !gain) return;
    this.node = context.createBufferSource();
    this.node.buffer = buffer;
    this.node.connect(gain);
    if (this.loop && this.offset < this.loop[1]) {
      this.node.loop = true;
      [this.node.loopStart, this.node.loopEnd] = this.loop;
    }
    // A moment ahead, so that the start is exact to the sample.
    const begin = context.currentTime + 0.02;
    this.node.start(begin, this.offset);
    this.since = begin;
  }

  stop() {
    this.node?.stop();
    this.node?.disconnect();
    this.node = null;
  }
}
