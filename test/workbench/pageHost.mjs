/**
 * The fake host of the page harness, as a script for the page: it provides `acquireVsCodeApi` and answers from recorded states. The
 * page's messages are kept in window.SAID. The script is serialised from the functions below, so they may use nothing from outside.
 */
function host() {
  const [scene, all, contracts] = ['SCENE', 'FIXTURES', 'CONTRACTS'].map((name) => Reflect.get(window, name));
  const { initialIntent, analyses } = contracts;
  const said = [];
  Reflect.set(window, 'SAID', said);
  const model = {
    name: 'SmolLM2-135M-Instruct',
    path: 'models/SmolLM2-135M-Instruct.Q4_1.gguf',
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    family: 'llama',
    layers: 30,
    heads: 9,
    keyValueHeads: 3,
    width: 576,
    vocabulary: 49152,
    context: 8192,
    quantisation: 'Q4_1',
  };
  const runtime = {
    provider: 'cpu',
    requested: 'auto',
    ...{ reason: 'cuda: no GPU', why: 'cuda: no GPU' },
    precision: 'exact',
    threads: 2,
    onnxruntime: '1.30.0',
    weights: 'float32',
  };
  const recorded = all[scene.doc ?? 'reviews'];
  const weights = recorded.attention && lower(recorded.attention);

  /** Lower triangles of 8-bit square roots → [L·H][T, T]. */
  function lower({ layers, heads, tokens, lower: text }) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    let at = 0;
    return Array.from({ length: layers * heads }, () => {
      const matrix = new Float32Array(tokens * tokens);
      for (let q = 0; q < tokens; q++) for (let k = 0; k <= q; k++) matrix[q * tokens + k] = (bytes[at++] / 255) ** 2;
      return matrix;
    });
  }

  /** The recording repeated several times, for the look of long prompts and not for its numbers. */
  function repeated(data, times) {
    const prompt = { ...data.prompt, rendered: '', tokens: [] };
    const result = { ...data.result, logprob: [], rank: [], entropy: [], top: [] };
    for (let i = 0; i < times; i++) {
      const shift = prompt.rendered.length;
      prompt.rendered += `${data.prompt.rendered}\n`;
      data.prompt.tokens.forEach((token, t) => {
        prompt.tokens.push({ ...token, start: token.start + shift, end: token.end + shift });
        result.logprob.push(t || !i ? data.result.logprob[t] : -2);
        result.rank.push(t || !i ? data.result.rank[t] : 3);
        result.entropy.push(data.result.entropy[t]);
        result.top.push(data.result.top[t || 1]);
      });
      const last = data.prompt.rendered.length + shift;
      prompt.tokens.push({ ...data.prompt.tokens[10], start: last, end: last + 1 });
      result.logprob.push(-1);
      result.rank.push(0);
      result.entropy.push(3);
      result.top.push(data.result.top[10]);
    }
    return { ...data, prompt, result };
  }

  const { prompt, result, end } = recorded;
  const plain = { prompt, result, end };
  const data = scene.long ? repeated(plain, scene.long) : plain;
  const ready = { kind: 'ready', data, runMs: 140, at: Date.now() };
  const given = scene.view && { ...scene.view };
  if (given?.previous === 'data') given.previous = data;
  if (given?.data === 'data') given.data = data;

  function overview() {
    const { layers, heads, tokens } = recorded.attention;
    const size = Math.min(48, tokens);
    const thumbnails = new Float32Array(layers * heads * size * size);
    const hide = scene.sink === 'hide' || scene.sink === 'renormalise';
    let sinkMass = 0;
    const ids = recorded.prompt.tokens.map((token) => token.id);
    const pairs = ids.flatMap((id, q) => ids.slice(0, q).flatMap((other, j) => (other === id ? [[q, j + 1]] : [])));
    const summaries = weights.map((matrix, i) => {
      let sink = 0,
        previous = 0,
        diagonal = 0,
        entropy = 0;
      for (let q = 0; q < tokens; q++)
        for (let k = 0; k <= q; k++) {
          const w = matrix[q * tokens + k];
          const cell = i * size * size + Math.floor((q * size) / tokens) * size + Math.floor((k * size) / tokens);
          const rest = 1 - matrix[q * tokens];
          const shown = scene.sink === 'renormalise' ? (rest > 0.01 ? w / rest : 0) : w;
          if (!(hide && k === 0)) thumbnails[cell] = Math.max(thumbnails[cell], shown);
          if (w > 0) entropy -= w * Math.log(w);
          if (q > 0 && k === 0) sink += w;
          if (k === q - 1) previous += w;
          if (k === q) diagonal += w;
        }
      sinkMass += sink / (tokens - 1) / weights.length;
      return {
        layer: Math.floor(i / heads),
        head: i % heads,
        entropy: entropy / tokens,
        sinkMass: sink / (tokens - 1),
        previousToken: previous / (tokens - 1),
        induction: pairs.reduce((sum, [q, k]) => sum + matrix[q * tokens + k], 0) / pairs.length,
        diagonal: diagonal / tokens,
      };
    });
    return { size, thumbnails, summaries, sinkMass };
  }

  /** Recorded columns of the lens as compact numbers, for the requested positions; ids that were not recorded have no rank. */
  function lensSlice({ positions, top, follow, change }) {
    const { texts, cells, follow: known } = recorded.lens;
    const first = recorded.lens.target.ids[0];
    const ids = [first, ...follow.filter((id) => id !== first)];
    const column = (rows) =>
      rows.map(([candidates, entropy, moved, ranks]) => ({
        top: Array.from({ length: Math.min(top, candidates.length / 2) }, (_, k) => ({
          id: candidates[2 * k],
          text: texts[candidates[2 * k]],
          logprob: candidates[2 * k + 1],
        })),
        entropy,
        change: change ? moved : null,
        follow: ids.map((id) => {
          const at = known.findIndex((other) => other.id === id);
          return at < 0 ? { logprob: -20, rank: 20000 } : { logprob: ranks[2 * at], rank: ranks[2 * at + 1] };
        }),
      }));
    const named = ids.map((id) => known.find((other) => other.id === id) ?? { id, text: texts[id] ?? '?' });
    return { positions, follow: named, cells: positions.map((position) => column(cells[position])) };
  }
  if (recorded.lens) {
    const last = recorded.lens.cells.length;
    const positions = Array.from({ length: Math.min(12, last) }, (_, i) => last - Math.min(12, last) + i);
    const table = lensSlice({ positions, top: 5, follow: [], change: false });
    recorded.layers = { target: recorded.lens.target, table };
  }

  const { prompt: pinned, result: before, end: endBefore } = all.baseline;
  const baseline = {
    ...{ name: 'HEAD~1', model: model.sha256, rendered: pinned.rendered },
    bytes: pinned.tokens.map(({ bytes }) => bytes),
    places: pinned.tokens.map(({ start, end }) => [start, end]),
    ...{ logprob: before.logprob, next: before.next, end: endBefore, perplexity: before.perplexity },
  };
  /** Recordings of the other tabs: the data of a ViewState; a scene replaces or cuts them with `views`. */
  const others = {};
  // The state of these two is made from the recording itself.
  for (const key of analyses.filter((name) => name !== 'probabilities' && name !== 'attention'))
    others[key] = recorded[key]
      ? { kind: 'ready', data: { prompt: data.prompt, ...recorded[key] }, runMs: 340, at: Date.now() }
      : { kind: 'empty' };
  if (scene.embeddings) {
    const data = { prompt, ...recorded[scene.embeddings] };
    others.embeddings = { kind: 'ready', data, runMs: 340, at: Date.now() };
  }
  for (const [key, view] of Object.entries(scene.views ?? {})) {
    others[key] = { ...view };
    for (const field of ['previous', 'data'])
      if (view[field] === 'data') others[key][field] = { prompt: data.prompt, ...recorded[key] };
  }

  /** Merges a scene's own intent over the defaults, group by group. */
  function merged(plain, given) {
    const result = { ...plain };
    for (const [name, value] of Object.entries(given ?? {})) {
      const group = value && typeof value === 'object' && !Array.isArray(value) && name !== 'target';
      result[name] = group ? merged(plain[name], value) : value;
    }
    return result;
  }

  /** What a scene names for short, and where the pictures begin elsewhere than a panel. */
  const looks = {
    tab: scene.tab ?? 'probabilities',
    probabilities: {
      tint: scene.tint ?? 'surprisal',
      sampling: scene.sampling ?? { temperature: 0.7, topK: 20, topP: 1, seed: 0 },
    },
    attention: {
      sink: scene.sink ?? 'raw',
      headSort: scene.headSort ?? 'answers',
      headOrder: scene.headOrder ?? 'number',
      heads: scene.heads ?? [],
    },
  };

  const state = {
    title: scene.title === undefined ? data.prompt.file : scene.title,
    file:
      scene.title === null ? null : { name: scene.title ?? data.prompt.file, folder: '', reading: '', ...scene.file },
    report: scene.report ?? null,
    elsewhere: scene.elsewhere ?? null,
    outdated: scene.outdated ?? {},
    model,
    runtime,
    text: scene.title === null ? null : (scene.text ?? data.prompt.rendered),
    intent: merged(merged(initialIntent, looks), scene.intent),
    selection: { locked: scene.locked ?? null, hover: null, layer: scene.layer ?? null, head: scene.head ?? null },
    baseline: scene.baseline ? baseline : null,
    /** @type {any} */
    continuations: { rows: [], current: 0, running: false, problem: null, after: null },
    probabilities: given ?? ready,
    attention:
      weights && !given
        ? { kind: 'ready', data: { prompt: data.prompt, overview: overview() }, runMs: 210, at: Date.now() }
        : (given ?? { kind: 'empty' }),
    ...others,
    typed: scene.typed ?? {},
    live: scene.live ?? false,
  };

  /** Recorded distributions; a continuation that was not recorded goes on like the greedy one. */
  function draw(options) {
    const tokens = [];
    const { steps } = Object.keys(recorded.steps ?? {}).length > 0 ? recorded : all.reviews;
    const path = [...options.prefix];
    for (let i = 0; i < options.maxTokens; i++) {
      const at = steps[path.join(',')] ?? steps[Object.keys(steps)[Math.min(path.length, 12)]];
      const rank =
        options.temperature === 0 ? 0 : (options.seed * 7 + i * 3) % 5 === 4 ? 1 : options.seed > 2 && i === 0 ? 1 : 0;
      tokens.push({ ...at.top[rank], rank, entropy: at.entropy, top: at.top, delta: at.top[rank].text });
      path.push(at.top[rank].id);
    }
    return { tokens, text: tokens.map((token) => token.text).join(''), finish: 'length' };
  }

  /** Adds a row that begins with these steps and is drawn up to a length; the host's own class has all the other actions. */
  function addRow(kind, steps, marked, tokens, options) {
    const prefix = steps.map(({ id }) => id);
    const drawn = draw({ ...options, prefix, maxTokens: tokens - steps.length }).tokens;
    const shared = marked.length > 0 ? marked[0] : 0;
    const more = drawn.map(({ delta: _, ...step }) => ({ ...step, forced: false }));
    const row = {
      kind,
      steps: [...steps, ...more],
      shared,
      marked,
      running: false,
      ended: false,
      keep: null,
      taken: '',
    };
    const rows = [...state.continuations.rows, row];
    state.continuations = { ...state.continuations, rows, current: rows.length - 1, after: null };
  }

  function continued(action) {
    const { rows, current } = state.continuations;
    const { sampling } = state.intent.probabilities;
    const greedy = sampling.temperature === 0;
    if (action.do === 'clear') state.continuations = { ...state.continuations, rows: [], after: null };
    else if (action.do === 'fresh' || action.do === 'play')
      addRow(greedy ? { kind: 'greedy' } : { kind: 'sampled', seed: sampling.seed }, [], [], action.tokens, sampling);
    else if (action.do === 'fiveSeeds')
      for (let seed = sampling.seed; seed < sampling.seed + 5; seed++)
        addRow({ kind: 'sampled', seed }, [], [], action.tokens, { ...sampling, seed });
    else if (action.do === 'branch') {
      const before = action.from === null ? [] : rows[action.from].steps.slice(0, action.step);
      const steps = [...before, { ...action.candidate, ...action.place, forced: false }];
      addRow({ kind: 'branch', at: action.step }, steps, [action.step], action.tokens, sampling);
    } else if (action.do === 'step') {
      const steps = rows[current]?.steps ?? [];
      addRow({ kind: 'greedy' }, steps, [], steps.length + 1, sampling);
      const { steps: grown } = state.continuations.rows.at(-1);
      const [next] = draw({ ...sampling, prefix: grown.map(({ id }) => id), maxTokens: 1 }).tokens;
      const ending = { ...data.end, logprob: -2.5 };
      const after = { steps: grown.length, next: next.top, end: ending, entropy: next.entropy };
      state.continuations = { ...state.continuations, after };
    }
    Reflect.get(window, 'PUSH')({ continuations: state.continuations });
  }

  const shownEmbeddings = () => recorded[scene.embeddings ?? 'embeddings'];
  const answers = {
    ready: () => ({ state, strings: scene.strings ?? {}, language: scene.language ?? 'en' }),
    truthDirection: () => ({ direction: [1] }),
    generate: ({ options }, progress) => {
      // There is no recording of a steered text, so another row stands in for it.
      const result = draw(options.steer ? { ...options, temperature: 1, seed: 3 } : options);
      result.tokens.forEach(progress);
      return result;
    },
    // No recorded token spans the border.
    follow: ({ prefix, keep, text }) => {
      const own = keep ?? 0;
      return { own, kept: own + prefix.length, boundary: null, tokens: pieceList(text) };
    },
    vocabulary: (params) =>
      params.ids ? params.ids.map((id) => ({ id, text: '\ufffd', bytes: pieces[id] ?? 'ef' })) : pieceList(params.text),
    attentionHeads: ({ heads }) => {
      const chosen = heads.map((h) => weights[h.layer * model.heads + h.head]);
      const joined = chosen[0].slice();
      const winner = new Uint8Array(joined.length);
      chosen.forEach((matrix, i) => {
        for (let cell = 0; cell < joined.length; cell++) {
          if (matrix[cell] <= joined[cell]) continue;
          joined[cell] = matrix[cell];
          winner[cell] = i;
        }
      });
      return {
        weights: joined.buffer,
        winner: chosen.length > 1 ? winner.buffer : null,
        tokens: recorded.attention.tokens,
      };
    },
    attentionBetween: ({ from, to }) => {
      const { tokens } = recorded.attention;
      const sums = weights.map((matrix) => to.reduce((sum, k) => sum + matrix[from * tokens + k], 0));
      return { weights: Float32Array.from(sums).buffer };
    },
    logitLens: lensSlice,
    embeddingLayers: ({ layers }) => ({
      layers: shownEmbeddings().more.filter(({ layer }) => layers.includes(layer)),
    }),
    neighbours: ({ source, position, layer }) =>
      shownEmbeddings().near[`${source} ${position} ${layer}`] ?? { points: [], vocabulary: null },
    action: () => null,
    provenance: () => ({
      ...{ version: '0.0.0', date: '2026-01-02T03:04:05.000Z' },
      ...{ fingerprint: '0123456789abcdef', settings: 'by word' },
    }),
    export: () => ({ saved: true }),
  };
  /** Cuts a typed text at its spaces: the pieces are not the model's own tokens, but as many for plain English words. */
  function pieceList(text) {
    const parts = text.match(/\s?\w+|\s|[^\s\w]/g) ?? [];
    const known = (part) => data.prompt.tokens.find((token) => token.text === part)?.id;
    const code = (part) => [...part].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 49152, 7);
    return parts.map((part) => ({
      id: known(part) ?? (parts.length === 1 ? 5340 : code(part)),
      text: part,
      bytes: '',
    }));
  }

  /** Bytes of the pieces of characters that occur in the recordings. */
  const pieces = Object.fromEntries(
    data.prompt.tokens.filter((t) => t.text.includes('\ufffd')).map((t) => [t.id, t.bytes]),
  );

  let kept;
  const post = (message) => setTimeout(() => window.dispatchEvent(new MessageEvent('message', { data: message })));
  /** Lets a test push a change as the host would. */
  Reflect.set(window, 'PUSH', (change) => post({ type: 'event', name: 'didChangeState', params: change }));
  const api = {
    getState: () => kept,
    setState: (value) => (kept = value),
    postMessage(message) {
      said.push(message);
      if (message.type === 'event' && message.name === 'setIntent') Object.assign(state.intent, message.params);
      if (message.type === 'event' && message.name === 'continuation') continued(message.params);
      if (message.type !== 'request') return;
      const { id, method, params } = message;
      if (scene.failHeads && method === 'attentionHeads') {
        const problem = { code: 'outOfMemory', message: 'There is not enough memory: this needs about 900 MB.' };
        return post({
          type: 'error',
          id,
          problem: { ...problem, remedy: 'Shorten the prompt, or select a part of it.', args: ['900'] },
        });
      }
      const result = answers[method]?.(params, (progress) => post({ type: 'progress', id, progress }));
      post({ type: 'ok', id, result });
    },
  };
  Reflect.set(window, 'acquireVsCodeApi', () => api);
  document.body.className = scene.theme;
  const script = document.createElement('script');
  script.src = 'panel.js';
  document.body.append(script);
}

export const harnessScript = `(${host})();`;
