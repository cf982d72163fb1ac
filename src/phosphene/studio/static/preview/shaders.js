// @ts-check
/** The shaders of the preview; they draw the same as `phosphene.engines.preview.view`, from its numbers. */

export const VERTEX = `#version 300 es
in vec2 corner;
out vec2 uv;
void main() {
  uv = vec2(0.5 + 0.5 * corner.x, 0.5 - 0.5 * corner.y);
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

/** The frame as it is shown: brightness, saturation and hue, from the Score. */
const GRADE = `
uniform vec3 graded;
vec3 grade(vec3 colour) {
  float c = cos(graded.z), s = sin(graded.z);
  vec3 axis = vec3(0.57735027);
  colour = colour * c + cross(axis, colour) * s + axis * dot(axis, colour) * (1.0 - c);
  vec3 grey = vec3(dot(colour, vec3(0.2126, 0.7152, 0.0722)));
  return clamp(mix(grey, colour, graded.y) * graded.x, 0.0, 1.0);
}`;

export const PLANE = `#version 300 es
precision highp float;
precision highp sampler2DArray;
in vec2 uv;
out vec4 colour;
uniform vec2 size;
uniform float unit;
uniform int planes, kept;
uniform vec4 turn[2];
uniform vec2 lean[2];
uniform float share[2];
uniform vec4 lying[24];
uniform vec2 placed[24];
uniform sampler2DArray tiles;
uniform sampler2D shades;
${GRADE}
void main() {
  vec2 from = uv * size - 0.5 * size;
  vec3 light = vec3(0.0);
  float thin = 1.0 / max(1.15 * unit, 1.0);
  for (int k = 0; k < planes; k++) {
    float depth = 1.0 + dot(lean[k], from);
    if (depth < 0.05) continue;
    vec4 m = turn[k];
    float straight = inversesqrt(abs(m.x * m.w - m.y * m.z));
    float scale = straight * depth * sqrt(depth);
    float power = log2(scale / unit);
    float whole = floor(power) + 1.0;
    float going = 2.0 * exp2(power - whole) - 1.0;
    going = going * going * (3.0 - 2.0 * going);
    int coarsest = int(whole) - 2;
    if (coarsest < 0 || coarsest + 3 > kept) continue;
    vec2 at = vec2(m.x * from.x + m.y * from.y, m.z * from.x + m.w * from.y) / depth;
    float enlarged = exp2(float(coarsest));
    for (int n = 0; n < 3; n++) {
      float weight = n == 0 ? 1.0 - going : n == 1 ? 1.0 : going;
      vec4 row = lying[12 * k + coarsest + n];
      vec2 place = at * enlarged * row.yz + placed[12 * k + coarsest + n];
      vec4 texel = texture(tiles, vec3((place + 0.5) / 512.0, row.x));
      float away = texel.g >= 2.0 ? texel.g : texel.r;
      float line = away * scale / enlarged * thin;
      line *= line;
      float near = 1.0 + line, far = 1.0 + 0.012 * line;
      float lit = weight * (1.3 / (near * near) + 0.2 / far);
      float mist = weight * texel.a * texel.a * 0.25;
      float shade = texel.b * 255.0 / 256.0 + row.w;
      light += share[k] * (lit * texture(shades, vec2(shade, 0.5)).rgb + mist * texture(shades, vec2(shade + 0.2, 0.5)).rgb);
      enlarged *= 2.0;
    }
  }
  colour = vec4(grade(1.0 - 1.0 / (1.0 + light + 0.6 * light * light)), 1.0);
}`;

/** A still, moved by the homography since it was painted: one fetch for each pixel. */
export const STILL = `#version 300 es
precision highp float;
in vec2 uv;
out vec4 colour;
uniform vec2 size;
uniform mat3 back;
uniform float cover;
uniform sampler2D still;
${GRADE}
void main() {
  vec3 from = back * vec3(uv * size - 0.5, 1.0);
  vec2 at = (from.xy / from.z + 0.5) / size;
  colour = vec4(grade(texture(still, at).rgb), from.z > 0.0 ? cover : 0.0);
}`;

/**
 * @param {WebGL2RenderingContext} gl
 * @param {string} fragment
 */
export function program(gl, fragment) {
  const made = /** @type {WebGLProgram} */ (gl.createProgram());
  for (const [kind, source] of /** @type {[number, string][]} */ ([[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, fragment]])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(kind));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.bindAttribLocation(made, 0, "corner");
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) {
    const shaders = gl.getAttachedShaders(made) ?? [];
    throw new Error(shaders.map((one) => gl.getShaderInfoLog(one)).join("\n"));
  }
  /** @type {Record<string, WebGLUniformLocation | null>} */ const at = {};
  for (let k = 0; k < gl.getProgramParameter(made, gl.ACTIVE_UNIFORMS); k++) {
    const name = /** @type {WebGLActiveInfo} */ (gl.getActiveUniform(made, k)).name.replace("[0]", "");
    at[name] = gl.getUniformLocation(made, name);
  }
  return { program: made, at };
}
