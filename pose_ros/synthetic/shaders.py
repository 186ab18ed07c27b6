"""GLSL of the renderer. Skin, hair and clothes are decided per fragment from its place on the rest pose (`place`)."""
from __future__ import annotations

VERTEX = """#version 330
in vec3 position, normal, rest; in float kind;
uniform mat3 rotation; uniform vec3 translation; uniform float focal, size;
out vec3 place, facing, point; flat out float surface;
const float NEAR = 0.05, FAR = 60.0;
void main() {
    point = rotation * position + translation;  // camera frame: x right, y down, z forward [m]
    facing = rotation * normal; place = rest; surface = kind;
    // The middle of the picture is pixel (size - 1) / 2; row 0 is the top one.
    vec2 ndc = 2.0 * focal * point.xy / size * vec2(1, -1);
    gl_Position = vec4(ndc, (FAR + NEAR) / (FAR - NEAR) * point.z - 2.0 * FAR * NEAR / (FAR - NEAR), point.z);
}"""

FRAGMENT = """#version 330
in vec3 place, facing, point; flat in float surface; out vec4 colour;
uniform vec3 skin, shirt, shirt_trim, trousers, trousers_trim, shoe, hair, sock;
uniform float sleeve, waist, hem, collar;      // arm fraction; heights on the rest pose [m]
uniform vec4 weave;                            // pattern and frequency of shirt, then of trousers
uniform float hairline, hair_slope, glasses, beard;
uniform vec3 light, light_colour, fill, fill_colour, ambient, seed;
uniform float person, folds, gloss;
uniform sampler2D shirt_print, trousers_print;

float hash(vec3 p) { return fract(sin(dot(p, vec3(127.1, 311.7, 74.7))) * 43758.5453); }
float noise(vec3 p) {
    vec3 i = floor(p), f = fract(p); f = f * f * (3.0 - 2.0 * f); vec2 o = vec2(0, 1);
    vec4 low = vec4(hash(i), hash(i + o.yxx), hash(i + o.xyx), hash(i + o.yyx));
    vec4 high = vec4(hash(i + o.xxy), hash(i + o.yxy), hash(i + o.xyy), hash(i + o.yyy));
    vec4 z = mix(low, high, f.z); vec2 y = mix(z.xy, z.zw, f.y); return mix(y.x, y.y, f.x);
}
vec3 cloth(vec3 a, vec3 b, float pattern, float frequency, sampler2D print) {
    vec3 p = place; float across = p.x + 0.5 * p.y;
    if (pattern < 0.5) return a;
    if (pattern < 1.5) return mix(a, b, step(0.5, fract(p.z * frequency + seed.x)));
    if (pattern < 2.5) return mix(a, b, step(0.5, fract(across * frequency + seed.x)));
    if (pattern < 3.5)
        return mix(a, b, 0.5 * step(0.5, fract(p.z * frequency)) + 0.5 * step(0.5, fract(across * frequency)));
    if (pattern < 4.5) return mix(a, b, smoothstep(0.4, 0.6, noise(p * frequency + seed * 9.0)));
    if (pattern < 5.5) return texture(print, p.xz * frequency * 0.25 + seed.xy).rgb;
    bool chest = abs(p.x) < 0.09 && p.y < 0.0 && p.z > 0.12 && p.z < 0.36;
    if (pattern < 6.5) return chest ? texture(print, p.xz * frequency * 0.75 + seed.xy).rgb : a;
    return mix(a, b, noise(p * 3.0 + seed * 5.0));
}
vec3 face(vec3 p, float side, out float shine) {
    vec3 c = skin; float front = step(p.y, -0.06); shine = 0.1;
    float lips = front * smoothstep(0.032, 0.022, side) * smoothstep(0.0095, 0.006, abs(p.z - 0.567));
    c = mix(c, skin * vec3(0.85, 0.5, 0.5), lips * 0.8);
    c *= 1.0 - 0.55 * front * smoothstep(0.003, 0.0015, abs(p.z - 0.567)) * step(side, 0.026);
    float brow = front * smoothstep(0.006, 0.003, abs(p.z - 0.6725 + 0.25 * max(0.0, side - 0.035)));
    c = mix(c, hair * 0.5, brow * step(0.012, side) * step(side, 0.052) * 0.8);
    c *= 1.0 - 0.35 * front * smoothstep(0.02, 0.008, length(vec2(side - 0.031, (p.z - 0.653) * 1.3)));
    c *= 1.0 - 0.5 * front * smoothstep(0.006, 0.003, length(vec2(side - 0.008, p.z - 0.603)));
    bool chin = p.y < 0.0 && p.z > 0.49 + 0.03 * step(-0.04, p.y) && p.z < min(0.6, 0.62 + 0.6 * (p.y + 0.14));
    if (beard > 0.5 && chin && lips < 0.3) c = mix(c, hair * 0.7, 0.45 + 0.4 * noise(p * 200.0));
    if (p.z > hairline - hair_slope * p.y + 0.012 * (noise(p * 60.0 + seed) - 0.5)) {
        c = hair * (0.6 + 0.7 * noise(p * vec3(160, 90, 20))); shine = 0.35;
    }
    if (glasses > 0.5 && p.y < -0.035) {
        float ring = length(vec2((side - 0.034) / 0.029, (p.z - 0.65) / 0.019));
        bool bridge = abs(p.z - 0.655) < 0.0025 && (side < 0.01 || side > 0.06);
        if (bridge || (glasses > 1.5 ? ring < 1.0 : abs(ring - 1.0) < 0.12)) c = vec3(0.03);
    }
    return c;
}
vec3 eye(vec3 p, float side) {
    float r = length(vec2(side - 0.031, p.z - 0.651));
    vec3 iris = mix(vec3(0.25, 0.15, 0.08), vec3(0.3, 0.45, 0.6), step(0.7, seed.z));
    return r < 0.0065 ? vec3(0.05) : r < 0.011 ? iris : vec3(0.85, 0.82, 0.8);
}
vec3 dress(vec3 p, float side, out float shine, out float fabric) {
    shine = 0.1; fabric = 0.0;
    bool arm = side > 0.17 && p.z > -0.12 && p.z < 0.47; float along = (side - 0.13) / 0.314;
    float edge = 0.012 * (noise(p * 40.0 + seed) - 0.5);
    if (p.z > 0.5 && p.z > collar + 0.02 || p.z > collar + edge && !arm) return face(p, side, shine);
    if (!arm && (p.z < hem && p.z < -0.72 || p.z < -0.79)) {
        shine = 0.3; fabric = 0.5; return p.z < -0.845 ? 0.8 * shoe + 0.1 : shoe;
    }
    if (arm ? along < sleeve + edge : p.z > waist + edge && sleeve > -0.5) {
        fabric = 1.0; vec3 c = cloth(shirt, shirt_trim, weave.x, weave.y, shirt_print);
        return !arm && seed.y > 0.6 && side < 0.008 && p.y < 0.0 ? 0.6 * c : c;  // a row of buttons
    }
    if (!arm && p.z <= waist + edge && p.z > hem + edge) {
        fabric = 1.0; bool belt = p.z > waist - 0.03 && seed.x > 0.6;
        return belt ? shoe * 0.7 : cloth(trousers, trousers_trim, weave.z, weave.w, trousers_print);
    }
    return !arm && p.z < -0.7 ? mix(skin, sock, step(0.5, seed.z)) : skin;
}
void main() {
    float side = abs(place.x), shine, fabric = 0.0; vec3 c;
    if (surface > 3.5) {
        c = cloth(trousers, trousers_trim, weave.z, weave.w, trousers_print); shine = 0.1; fabric = 1.0;
    }
    else if (surface > 2.5) { c = hair * (0.7 + 0.6 * noise(place * vec3(220, 220, 9))); shine = 0.3; }
    else if (surface > 0.5) { c = eye(place, side); shine = 0.6; }
    else c = dress(place, side, shine, fabric);
    vec3 n = normalize(facing); if (!gl_FrontFacing && surface > 2.5) n = -n;
    vec3 q = place * vec3(28, 28, 16) + seed * 7.0, o = vec3(0.35, 0, 0); float here = noise(q);
    vec3 slope = vec3(noise(q + o.xyy), noise(q + o.yxy), noise(q + o.yyx)) - here;
    n = normalize(n - slope * folds * (0.15 + 2.0 * fabric));
    vec3 h = normalize(light - normalize(point));
    vec3 lit = ambient * (0.65 - 0.35 * n.y) + light_colour * max(0.0, (dot(n, light) + 0.1) / 1.1)
        + fill_colour * max(0.0, dot(n, fill));
    c = c * lit * (0.96 + 0.08 * noise(place * 300.0)) + light_colour * gloss * shine * pow(max(0.0, dot(n, h)), 24.0);
    colour = vec4(pow(clamp(c, 0.0, 1.0), vec3(1.0 / 2.2)), person / 255.0);
}"""
