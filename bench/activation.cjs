// Times the extension's start in a process of its own, with an editor that answers everything with more of itself:
// what is measured is our code, not the editor's. Started by run.mjs with the bundle's path; prints one line of JSON.
const Module = require('node:module');
const path = require('node:path');

/** Anything: callable, constructible, extendable, with every property. */
function anything() {
  const known = new Map();
  return new Proxy(class {}, {
    get(target, name) {
      if (name === 'prototype') return target.prototype;
      // Not a promise, not a list, and an empty text where a text is wanted.
      if (name === 'then' || name === Symbol.iterator) return undefined;
      if (name === Symbol.toPrimitive || name === 'toString') return () => '';
      if (!known.has(name)) known.set(name, anything());
      return known.get(name);
    },
    set(_, name, value) {
      known.set(name, value);
      return true;
    },
    apply: () => anything(),
    construct: () => anything(),
  });
}

// The bundle copies the module's own properties and keeps its prototype, which therefore is what answers.
const editor = Object.create(anything());
const load = Module._load;
const outside = new Set();
Module._load = (request, ...rest) => {
  if (request === 'vscode') return editor;
  if (!Module.isBuiltin(request)) outside.add(request);
  return load.call(Module, request, ...rest);
};

const bundle = path.resolve(process.argv[2]);
const started = performance.now();
const extension = require(bundle);
const required = performance.now();
let error = null;
try {
  extension.activate(anything());
} catch (thrown) {
  error = String(thrown?.message ?? thrown);
}
const activated = performance.now();
outside.delete(bundle);
const result = { requireMs: required - started, activateMs: activated - required, outside: [...outside], error };
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
