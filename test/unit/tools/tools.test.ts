import { describe, expect, it } from 'vitest';
import { commandOptions } from '../../../src/analysis/contracts';
import { engineFlags } from '../../../src/analysis/shared/contract';
import { buildProgram } from '../../../src/cli/program';
import { checkedArguments } from '../../../src/tools/checkedArguments';
import { firstRow, toolsOf } from '../../../src/tools/tool';
import { stage } from '../cli/fakeEngine';

const tools = toolsOf(buildProgram(stage().environment));
const toolNamed = (name: string) => {
  const tool = tools.find((each) => each.name === name);
  if (!tool) throw new Error(`There is no tool ${name}.`);
  return tool;
};

/** Options that are not parameters: the output, and the options of the engine, which the whole server was given. */
const noParameters = ['output', ...Object.keys(engineFlags())];

describe('the tools', () => {
  it('are the analyses of the contracts, and what describes the model and the tokens', () => {
    const commands = tools.map(({ command }) => command);
    expect(commands.filter((name) => name !== 'info' && name !== 'tokens').sort()).toEqual(
      Object.keys(commandOptions()).sort(),
    );
    expect(commands).toEqual(expect.arrayContaining(['info', 'tokens']));
    for (const { name } of tools) expect(name).toMatch(/^[a-z][a-z_]*$/);
  });

  it('are described in sentences that speak of parameters, not of flags', () => {
    for (const { name, title, description, inputSchema } of tools) {
      const texts = [description, ...Object.values(inputSchema.properties).map((each) => each.description)];
      for (const text of texts) {
        expect(text, name).toMatch(/^\P{Ll}.*[.?]$/su);
        expect(text, name).not.toMatch(/--[a-z]|standard input/);
      }
      expect(title, name).toMatch(/^\P{Ll}.*[^.]$/u);
    }
  });
});

describe('the parameters of a tool', () => {
  const all = Object.entries(commandOptions()).flatMap(([command, options]) =>
    Object.entries(options).map(([name, option]) => ({ command, name, option })),
  );
  it.each(all.filter(({ name }) => !noParameters.includes(name)))(
    '$command $name has the limits of its contract',
    ({ command, option }) => {
      const tool = toolNamed(command.replace(' ', '_'));
      const { form, flag } = option;
      const parameter = tool.parameters.find((each) => each.option?.flag?.name === flag?.name);
      if (!parameter) {
        // A text or a file to read can be given in two ways.
        expect(tool.sources.some((source) => source.flag !== null || source.text === 'text')).toBe(true);
        return;
      }
      const schema = tool.inputSchema.properties[parameter.name];
      if (form.kind === 'choice') expect(schema.enum).toEqual(form.members);
      if (form.kind === 'choices') expect(schema.items?.enum).toEqual(form.members);
      if (form.kind === 'number') {
        expect(schema).toMatchObject({ type: form.whole ? 'integer' : 'number', maximum: form.most });
        expect(form.above ? schema.exclusiveMinimum : schema.minimum).toBe(form.least);
      }
      expect(schema.description.toLowerCase()).toContain(flag?.help.split(/--| \(|:/)[0].toLowerCase());
      expect(tool.inputSchema.required.includes(parameter.name)).toBe(flag?.required ?? false);
    },
  );

  it('begin with what the schema itself allows', () => {
    for (const { name, inputSchema } of tools) {
      const given = Object.entries(inputSchema.properties).flatMap(([key, { default: usual }]) =>
        usual === undefined ? [] : [[key, usual]],
      );
      const schema = { ...inputSchema, required: [] };
      expect(checkedArguments(name, schema, Object.fromEntries(given))).toEqual(Object.fromEntries(given));
    }
  });

  it('write nothing and choose no model', () => {
    for (const { inputSchema } of tools)
      for (const name of ['output', 'save', 'csv', 'svg', 'html', 'json', 'verbose', 'model', 'provider', 'threads'])
        expect(inputSchema.properties).not.toHaveProperty(name);
  });

  it('take a text or a file, two of them where two prompts are read', () => {
    const names = (tool: string) => Object.keys(toolNamed(tool).inputSchema.properties);
    for (const { inputSchema } of tools)
      expect(Object.keys(inputSchema.properties)).toEqual(expect.arrayContaining(['text', 'file', firstRow]));
    expect(names('compare')).toEqual(expect.arrayContaining(['otherText', 'otherFile']));
    expect(names('patch')).toEqual(expect.arrayContaining(['fromText', 'fromFile']));
    expect(names('embeddings')).toContain('files');
    expect(names('truth')).toContain('probe');
  });

  it('are plain: no rule stands above the properties, and nothing else is taken', () => {
    for (const { inputSchema } of tools) {
      expect(Object.keys(inputSchema).sort()).toEqual(['additionalProperties', 'properties', 'required', 'type']);
      expect(inputSchema.additionalProperties).toBe(false);
    }
  });
});

describe('arguments', () => {
  const { inputSchema } = toolNamed('saliency');
  const check = (given: unknown) => checkedArguments('saliency', inputSchema, given);

  it('that are null are as good as none', () => {
    expect(check({ text: 'a', target: null, at: undefined })).toEqual({ text: 'a' });
  });

  it.each([
    [{ replacement: 1.5 }, '"replacement" must be a whole number from 0 to 100000000, not 1.5.'],
    [{ replacement: -1 }, '"replacement" must be a whole number from 0 to 100000000, not -1.'],
    [{ faithfulness: 'no' }, '"faithfulness" must be true or false, not "no".'],
    [{ methods: [] }, /^"methods" must be a list of some of occlusion, .*, each once, not \[\]\.$/],
    [{ methods: ['input', 'input'] }, /each once/],
    [{ methods: 'input' }, /a list of some of/],
    [{ var: { a: 1 } }, '"var" must be an object of texts, not {"a":1}.'],
    [{ text: 3 }, '"text" must be a text, not 3.'],
    [{ at: 1.5 }, '"at" must be a position from 1, or two with a dash between them ("4-6"), not 1.5.'],
    [{ constructor: 1 }, /^"constructor" is no parameter of saliency/],
    ['text', 'The arguments of saliency must be an object.'],
    [
      { by: 'x'.repeat(500), operator: 'y'.repeat(500) },
      /^"operator" must be one of knockout, delete, replace, not "y{59}…\.$/,
    ],
  ])('%j are refused', (given, sentence) => {
    expect(() => check(given)).toThrow(sentence);
  });
});
