// @ts-check
/** Talking to the server: commands by HTTP, messages by one WebSocket. */

/** The path of this page, which begins with the token. */
const BASE = location.pathname.replace(/[^/]*$/, "");

/**
 * A message and its fix, as the command line prints them.
 * @param {{message: string, fix?: string}} error
 */
export const advice = ({ message, fix }) => (fix ? `${message.replace(/\.$/, "")}. ${fix}` : message);

/** An error that the server reports; `errors` are its lines, each with its entry. */
export class Refused extends Error {
  /** @param {{message: string, entry: string, fix?: string}[]} errors */
  constructor(errors) {
    super(errors.map(advice).join("\n"));
    this.errors = errors;
  }
}

/** @param {string} path */
export const url = (path) => BASE + path;

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
async function request(path, options) {
  let answer;
  try {
    answer = await fetch(url(path), options);
  } catch {
    throw new Refused([{ entry: "", message: "The studio does not answer.", fix: "Start it again: phosphene studio" }]);
  }
  if (!answer.ok) {
    const body = await answer.json().catch(() => null);
    throw new Refused(body?.errors ?? [{ entry: "", message: `The studio answered ${answer.status}.` }]);
  }
  return answer;
}

/** @param {string} path */
export const get = async (path) => (await request(path)).json();

/** @param {string} path */
export const getBinary = async (path) => unpack(await (await request(path)).arrayBuffer());

/** @param {string} path */
export const getBuffer = async (path) => (await request(path)).arrayBuffer();

/**
 * @param {string} path
 * @param {unknown} [body]
 */
export async function post(path, body = {}) {
  const headers = { "content-type": "application/json" };
  return (await request(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

/** @param {File} file @param {string} idea */
export async function upload(file, idea) {
  const headers = { "x-name": encodeURIComponent(file.name), "x-idea": encodeURIComponent(idea) };
  return (await request("api/project/song", { method: "POST", headers, body: file })).json();
}

const KINDS = {
  float64: Float64Array,
  int32: Int32Array,
  float32: Float32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint8: Uint8Array,
};

/**
 * Unpack the arrays that `phosphene.studio.views.wire.packed` packs.
 * @param {ArrayBuffer} buffer
 * @returns {{header: any, arrays: Record<string, any>, shapes: Record<string, number[]>}}
 */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  /** @type {Record<string, any>} */ const arrays = {};
  /** @type {Record<string, number[]>} */ const shapes = {};
  for (const { name, dtype, shape, offset } of header.arrays) {
    const count = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    arrays[name] = new KINDS[/** @type {keyof KINDS} */ (dtype)](buffer, 4 + length + offset, count);
    shapes[name] = shape;
  }
  return { header, arrays, shapes };
}

/**
 * Listen to the server; reconnect when the connection is lost.
 * @param {(message: any) => void} received
 * @param {(connected: boolean) => void} changed
 */
export function connect(received, changed) {
  let tries = 0;
  const open = () => {
    const socket = new WebSocket(`ws://${location.host}${BASE}socket`);
    socket.onopen = () => {
      tries = 0;
      changed(true);
    };
    socket.onmessage = (event) => received(JSON.parse(event.data));
    socket.onclose = () => {
      changed(false);
      setTimeout(open, Math.min(500 * 2 ** tries++, 5000));
    };
  };
  open();
}
