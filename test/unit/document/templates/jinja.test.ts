/** Jinja: results of Jinja2 3.1.6 under Python, and the places and limits of our own renderer. */
import { describe, expect, it } from 'vitest';
import { mappedRange } from '../../../../src/document/templates/mappedText';
import { renderTemplate } from '../../../../src/document/templates/renderTemplate';
import { jsonValues, type OwnValue } from '../../../../src/document/templates/templateVariables';

function render(template: string, values = '{}', variables: Record<string, string> = {}) {
  const source = { text: template, file: 'a.prompty', start: 0, variables };
  const parsed = jsonValues(values, true);
  const own = new Map<string, OwnValue>();
  if (parsed instanceof Map) for (const [name, value] of parsed) own.set(String(name), { value, from: 'file' });
  return renderTemplate(source, { language: 'jinja', template: mappedRange(template, [0, template.length]), own });
}

const values =
  '{"x": "hello", "l": ["a", "b", "c"], "d": {"name": "Ada", "n": 1, "deep": {"z": [1, 2]}}, "t": 1, "f": 1.0, "n": null, "b": true, "users": [{"n": "A", "ok": true, "kids": [{"n": "C"}]}, {"n": "B", "ok": false}], "rows": [{"k": 1, "v": "a"}, {"k": 2, "v": "b"}, {"k": 1, "v": "c"}]}';

/** Made with Jinja2's sandbox and the values above. */
const results: [template: string, result: string][] = [
  ['{{ x }}', 'hello'],
  [
    '{{ l }} {{ d }} {{ t }} {{ f }} {{ n }} {{ b }}',
    "['a', 'b', 'c'] {'name': 'Ada', 'n': 1, 'deep': {'z': [1, 2]}} 1 1.0 None True",
  ],
  [
    "{{ l|join(', ') }}|{{ l|length }}|{{ l|first }}|{{ l|last }}|{{ l|reverse|list }}",
    "a, b, c|3|a|c|['c', 'b', 'a']",
  ],
  [
    '{% for i in l %}{{ loop.index }}/{{ loop.length }}{{ i }}{% if not loop.last %}, {% endif %}{% endfor %}',
    '1/3a, 2/3b, 3/3c',
  ],
  ['{% for k,v in d.items() %}{{k}}={{v}};{% endfor %}', "name=Ada;n=1;deep={'z': [1, 2]};"],
  ['{% for k in d %}{{ k }}{% else %}none{% endfor %}', 'namendeep'],
  ['{% for k in [] %}{{ k }}{% else %}none{% endfor %}', 'none'],
  ['a\n  {%- if b %} x {% endif -%}  \nb', 'a x b'],
  [
    '{% set y = 3 %}{{ y + 1 }} {{ y / 2 }} {{ y // 2 }} {{ y % 2 }} {{ y ** 3 }} {{ -y }} {{ 7.0 // 2 }}',
    '4 1.5 1 1 27 -3 3.0',
  ],
  ["{{ 'abc'[1] }} {{ 'abc'[::-1] }} {{ l[1:] }} {{ l[-1] }} {{ l.0 }}", "b cba ['b', 'c'] c a"],
  ["{{ x|upper|replace('H','J') }} {{ x|title }} {{ 'hello world'|capitalize }}", 'JELLO Hello Hello world'],
  ["{{ 'a' ~ 1 ~ true }}", 'a1True'],
  ['{{ 1 if b else 2 }} {{ 1 if not b }}', '1 '],
  ['{% macro m(a, b=2) %}[{{a}}-{{b}}]{% endmacro %}{{ m(1) }}{{ m(1, b=5) }}', '[1-2][1-5]'],
  ['{% filter upper %}abc {{ x }}{% endfilter %}', 'ABC HELLO'],
  ['{% set z %}in {{ x }}{% endset %}{{ z }}!', 'in hello!'],
  ['{% raw %}{{ x }}{% endraw %}', '{{ x }}'],
  ['{# c #}x{#- c -#}  y', 'xy'],
  ["{{ d.name }} {{ d['name'] }} [{{ d.nope }}]", 'Ada Ada []'],
  [
    '{{ d|tojson }} {{ l|tojson(indent=2) }}',
    '{"deep": {"z": [1, 2]}, "n": 1, "name": "Ada"} [\n  "a",\n  "b",\n  "c"\n]',
  ],
  [
    "{{ 3.14159|round(2) }} {{ 2.5|round }} {{ 42|float }} {{ '7'|int + 1 }} {{ 1e20 }} {{ 1e-7 }} {{ 100000000000000000000 }}",
    '3.14 2.0 42.0 8 1e+20 1e-07 100000000000000000000',
  ],
  [
    "{{ ['b','a','C']|sort }} {{ ['b','a','C']|sort(case_sensitive=true) }} {{ [3,1,2]|max }} {{ [1,2]|sum }}",
    "['a', 'b', 'C'] ['C', 'a', 'b'] 3 3",
  ],
  [
    "{{ users|map(attribute='n')|join(',') }} {{ users|selectattr('ok')|map(attribute='n')|list }} {{ users|rejectattr('ok')|list|length }}",
    "A,B ['A'] 1",
  ],
  ["{% if 'a' in l and x is defined and zz is not defined %}yes{% endif %}", 'yes'],
  [
    "{{ 'x y'.split() }} {{ 'a,b'.split(',') }} {{ '  q '.strip() }} {{ 'abc'.startswith('a') }}",
    "['x', 'y'] ['a', 'b'] q True",
  ],
  [
    "{{ none }} {{ true }} {{ (1,) }} {{ (1,2) }} {{ [] }} {{ {} }} {{ {'a': [1, 'x']} }}",
    "None True (1,) (1, 2) [] {} {'a': [1, 'x']}",
  ],
  [
    "{{ \"it's\" }} {{ [\"it's\", 'q\"q', 'nl\\n', 'é', '\\u200b'] }}",
    "it's [\"it's\", 'q\"q', 'nl\\n', 'é', '\\u200b']",
  ],
  ['{% for i in range(3) %}{{ i }}{% endfor %} {{ range(2,10,3)|list }}', '012 [2, 5, 8]'],
  ['{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}', '3'],
  ["{% for a in l if a != 'b' %}{{ loop.index }}{{ a }}{% endfor %}", '1a2c'],
  ['{% set ns = namespace(i=0) %}{% for a in l %}{% set ns.i = ns.i + 1 %}{% endfor %}{{ ns.i }}', '3'],
  [
    "{{ 1 < 2 < 3 }} {{ 1 == 1.0 }} {{ 'a' < 'b' }} {{ not b }} {{ b and x }} {{ nope or 'd' }}",
    'True True True False hello d',
  ],
  ['{% if b %}A{% elif x %}B{% else %}C{% endif %}\n\n', 'A\n'],
  ['x\n', 'x'],
  ["{{ 'long text here for you'|truncate(10) }} {{ 'ab'|center(6) }}|{{ 'a\nb'|indent(2) }}", 'long...   ab  |a\n  b'],
  [
    "{% for r in rows|batch(2) %}{{ r }}{% endfor %} {{ rows|groupby('k')|list }}",
    "[{'k': 1, 'v': 'a'}, {'k': 2, 'v': 'b'}][{'k': 1, 'v': 'c'}] [(1, [{'k': 1, 'v': 'a'}, {'k': 1, 'v': 'c'}]), (2, [{'k': 2, 'v': 'b'}])]",
  ],
  ['{% for u in users recursive %}{{ u.n }}{% if u.kids %}({{ loop(u.kids) }}){% endif %}{% endfor %}', 'A(C)B'],
  [
    '{{ l|length > 2 }} {{ l is iterable }} {{ 3 is odd }} {{ 4 is divisibleby 2 }} {{ x is string }} {{ d is mapping }}',
    'True True True True True True',
  ],
  ["{% for i in l %}{{ loop.cycle('o','e') }}{{ loop.previtem }}{{ loop.nextitem }}{% endfor %}", 'obeacob'],
  ["{{ '%s has %d' % ('a', 3) }} {{ '%.2f' % 2.5 }} {{ '%s'|format('z') }}", 'a has 3 2.50 z'],
  [
    "{{ d.items()|list }} {{ d|dictsort }} {{ d.get('q', 'def') }} {{ d|length }}",
    "[('name', 'Ada'), ('n', 1), ('deep', {'z': [1, 2]})] [('deep', {'z': [1, 2]}), ('n', 1), ('name', 'Ada')] def 3",
  ],
  ['{{ x[:3] }}{{ x * 2 }}{{ [1] * 2 }}{{ [1] + [2] }}', 'helhellohello[1, 1][1, 2]'],
  ['{{ -3 // 2 }} {{ -3 % 5 }} {{ 2 ** -1 }} {{ 5 - -2 }}', '-2 2 0.5 7'],
  ["{{ -1|abs }} {{ 1 - 2|abs }} {{ 'a' in 'abc' }} {{ 2 in [1,2] }} {{ 3 not in [1] }}", '1 -1 True True True'],
  ['{%- for i in l -%}\n  {{ i }}\n{%- endfor %}\nend', 'abc\nend'],
  ["{{ x|default('q') }} {{ ''|default('e', true) }} {{ none|default('n') }}", 'hello e None'],
  [
    "{{ [1,2,3]|batch(2)|list }} {{ [1,2,3,4,5]|slice(2)|list }} {{ 'a b'|wordcount }} {{ [1,1,2]|unique|list }}",
    '[[1, 2], [3]] [[1, 2, 3], [4, 5]] 2 [1, 2]',
  ],
  [
    "{{ 'a' if x == 'hello' else 'b' }} {{ x|length }} {{ 1.0 }} {{ 1.5e3 }} {{ 0.1 + 0.2 }} {{ 10 / 5 }}",
    'a 5 1.0 1500.0 0.30000000000000004 2.0',
  ],
  ['{{ b|string }} {{ b|lower }} {{ l|string|upper }} {{ n|int }}', "True true ['A', 'B', 'C'] 0"],
  ['{% if l %}{% for q in l %}{% if loop.first %}[{% endif %}{{ q }}{% endfor %}]{% endif %}', '[abc]'],
  [
    "{{ {'b': 1, 'a': 2}|items|list }} {{ '<b>'|e }} {{ '&'|escape }} {{ 'a/b c'|urlencode }}",
    "[('b', 1), ('a', 2)] &lt;b&gt; &amp; a/b%20c",
  ],
];

describe('a Jinja template', () => {
  it.each(results)('%j renders as Python does', (template, result) => {
    expect(render(template, values).text.content).toBe(result);
  });

  it('keeps the place of every stretch, once for every turn', () => {
    const template = '{% for x in l %}- {{ x }}\n{% endfor %}end';
    const { content, pieces, slots } = render(template, values).text;
    expect(content).toBe('- a\n- b\n- c\nend');
    const sources = pieces.map(({ at, length, source }) => [content.slice(at, at + length), template.slice(...source)]);
    const turn = (letter: string) => [
      ['- ', '- '],
      [letter, '{{ x }}'],
      ['\n', '\n'],
    ];
    expect(sources).toEqual([...turn('a'), ...turn('b'), ...turn('c'), ['end', 'end']]);
    expect(slots).toEqual([
      [2, 3],
      [6, 7],
      [10, 11],
    ]);
  });

  it('maps a body that becomes a value as a whole', () => {
    const template = '{% set z %}in {{ x }}{% endset %}({{ z }})';
    const { content, pieces } = render(template, values).text;
    expect(content).toBe('(in hello)');
    expect(pieces.map(({ source }) => template.slice(...source))).toEqual(['(', '{{ z }}', ')']);
  });

  it('leaves the tag of a variable without a value, and reports it', () => {
    const { text, variables } = render(
      '{{ a }} {{ b | upper }} {% for x in c %}{{ x }}{% endfor %}{% if d.e %}f{% endif %}.',
    );
    expect(text.content).toBe('{{ a }} {{ b | upper }} .');
    expect(variables).toEqual(['a', 'b', 'c', 'd.e'].map((name) => ({ name, value: null, from: null })));
  });

  it('takes given values by the type of its own, by path, and as JSON where it loops', () => {
    const template = '{{ b }} {{ d.n + 1 }} {% for x in l %}{{ x }};{% endfor %}';
    const given = { b: 'false', 'd.n': '4', l: '["p", 2]' };
    const { text, variables } = render(template, values, given);
    expect(text.content).toBe('False 5 p;2;');
    expect(variables.map(({ name, from }) => [name, from])).toEqual([
      ['b', 'given'],
      ['d', 'file'],
      ['d.n', 'given'],
      ['l', 'given'],
    ]);
  });

  it.each([
    '{% for a in range(1000) %}{% for b in range(1000) %}x{% endfor %}{% endfor %}',
    '{% for a in range(1000000000) %}x{% endfor %}',
    "{{ 'x' * 1000000000 }}",
    "{% set n = namespace(s='ab') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}",
    '{% set n = namespace(s=[1]) %}{% for i in range(60) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}',
    "{{ ('a' * 100000)|replace('a', 'b' * 1000) }}",
    '{{ a }}'.repeat(40000),
  ])('%# that would make too much ends in a sentence', (template) => {
    expect(() => render(template)).toThrow('the template makes too much text or runs too long');
  });

  it.each([
    '{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}',
    `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`,
    '{% if a %}'.repeat(5000),
    `{{ a${'.b'.repeat(5000)} }}`,
  ])('%# that is too deep ends in a sentence', (template) => {
    expect(() => render(template)).toThrow('the template is nested too deeply');
  });

  it('reaches no object of JavaScript', () => {
    const template = "{{ x.constructor }}{{ x['__proto__'] }}{{ l.map }}{{ d.hasOwnProperty }}{{ d.__class__ }}";
    expect(render(template, values).text.content).toBe('');
    expect(render('{{ constructor }}').text.content).toBe('{{ constructor }}');
  });
});
