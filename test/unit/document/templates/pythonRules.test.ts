/** What Jinja leaves to Python's own library: `%` formats, wrapped lines, rounding. Made with Jinja2 3.1.6 under Python 3. */
import { describe, expect, it } from 'vitest';
import { mappedRange } from '../../../../src/document/templates/mappedText';
import { renderTemplate } from '../../../../src/document/templates/renderTemplate';
import { jsonValues, type OwnValue } from '../../../../src/document/templates/templateVariables';

const rows = jsonValues('[{"k": 1, "v": "b"}, {"k": 2, "v": "a"}, {"k": 1, "v": "c", "z": "q"}]', true);

function render(template: string): string {
  const source = { text: template, file: 'a.prompty', start: 0, variables: {} };
  const own = new Map<string, OwnValue>([['rows', { value: rows, from: 'file' }]]);
  const request = { template: mappedRange(template, [0, template.length]), own };
  return renderTemplate(source, { language: 'jinja', ...request }).text.content;
}

const results: [template: string, result: string][] = [
  ['{{ "%02d" | format(7) }} {{ "%5.2f|%-6s|%+d"|format(2.5, "ab", 3) }}', '07  2.50|ab    |+3'],
  [
    '{{ "%s %r %a"|format("a", "b", "é") }} {{ "%s"|format([1, none]) }} {{ "%d%%"|format(2.9) }}',
    "a 'b' '\\xe9' [1, None] 2%",
  ],
  ['{{ "%x %X %o %#x %c%c"|format(255, 255, 8, 255, 65, "b") }}', 'ff FF 10 0xff Ab'],
  [
    '{{ "%05d %-5d| % d %.3d"|format(-42, 42, 7, 5) }} {{ "%5s|%-5s|%.2s|%05s"|format("ab", "ab", "abc", "ab") }}',
    '-0042 42   |  7 005    ab|ab   |ab|   ab',
  ],
  [
    '{{ "%(a)s %(b)03d"|format(a=1, b=2) }} {{ "%(a)s" % {"a": "x"} }} {{ "%*d|%.*f"|format(4, 3, 1, 2.55) }}',
    '1 002 x    3|2.5',
  ],
  [
    '{{ "%.0f %.0f %.1f %.2f %.1f"|format(0.5, 1.5, 0.25, 2.675, -0.05) }} {{ "%.3f"|format(1e21) }}',
    '0 2 0.2 2.67 -0.1 1000000000000000000000.000',
  ],
  [
    '{{ "%e %.0e %.1E %g %g %g %G"|format(12345.678, 2.5, 0.00012, 12345.678, 1e6, 0.0001, 1e-7) }}',
    '1.234568e+04 2e+00 1.2E-04 12345.7 1e+06 0.0001 1E-07',
  ],
  [
    '{% for g in rows|groupby("k") %}{{ g.grouper }}:{{ g.list|map(attribute="v")|join("+") }};{% endfor %}',
    '1:b+c;2:a;',
  ],
  [
    '{{ rows|groupby("z", default="q")|map(attribute="grouper")|list }} {{ rows|sort(attribute="k,v")|map(attribute="v")|join }}',
    "['q'] bca",
  ],
  ['{{ "the quick brown fox"|wordwrap(3) }}', 'the\nqui\nck \nbro\nwn\nfox'],
  [
    '{{ "a-b well-known x--y abcdefgh"|wordwrap(5) }}|{{ "abcdefghij kl"|wordwrap(4, wrapstring="/") }}',
    'a-b\nwell-\nknown\nx--y \nabcde\nfgh|abcd/efgh/ij/kl',
  ],
  [
    '{{ "one  two   three"|wordwrap(8) }}|{{ "long-word here"|wordwrap(6, break_on_hyphens=false) }}|{{ "abcdefgh ij"|wordwrap(4, false) }}',
    'one  two\nthree|long-w\nord\nhere|abcdefgh\nij',
  ],
  [
    '{{ "a b\\n\\nc  d\\n"|wordwrap(2) }}|{{ "  ab cd"|wordwrap(4) }}|{{ "----abc"|wordwrap(3) }}',
    'a\nb\n\nc\nd|  ab\ncd|---\n-ab\nc',
  ],
  [
    '{{ [1,2,3]|slice(2, "x")|list }} {{ [1,2,3,4]|slice(2, 0)|list }} {{ range(7)|slice(3, 0)|list }}',
    "[[1, 2], [3, 'x']] [[1, 2, 0], [3, 4, 0]] [[0, 1, 2], [3, 4, 0], [5, 6, 0]]",
  ],
  [
    '{{ 42.55|round(1) }} {{ 2.675|round(2) }} {{ 1234|round(-2) }} {{ -1250|round(-2) }} {{ 0.5|round }} {{ 1.5|round }} {{ -2.567|round(1) }} {{ 1234.5|round(-2) }}',
    '42.5 2.67 1200 -1200 0.0 2.0 -2.6 1200.0',
  ],
  [
    '{{ {"a": 1, "b": "x y/z"}|urlencode }} {{ [("a", "é")]|urlencode }} {{ "it\'s (x)!*/y"|urlencode }}',
    'a=1&b=x+y%2Fz a=%C3%A9 it%27s%20%28x%29%21%2A/y',
  ],
  ['{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 3, 4, z=5) }}', "1(3, 4){'z': 5}"],
  [
    '{% set c = cycler("a", "b") %}{{ c.next() }}{{ c.current }}{{ c.next() }}{{ c.current }} {{ dict({"b": 1}, z=2) }}',
    "abba {'b': 1, 'z': 2}",
  ],
  ['{% autoescape false %}{{ "<" }}{% endautoescape %}', '<'],
];

/** Python refuses these as well, but for the last four, which are not computed here. */
const refused: [template: string, words: RegExp][] = [
  ['{{ "%d"|format("2") }}', /the values do not fit format\("2"\)/],
  ['{{ "%s"|format(1, 2) }}', /do not fit format\(1, 2\)/],
  ['{{ "%s %s"|format(1) }}', /do not fit format\(1\)/],
  ['{{ "a%"|format(1) }}', /do not fit format\(1\)/],
  ['{{ "%,d"|format(1000) }}', /do not fit format\(1000\)/],
  ['{{ "%b"|format(1) }}', /do not fit format\(1\)/],
  ['{{ "%(a)s"|format(b=1) }}', /do not fit format\(b=1\)/],
  ['{{ "abc"|truncate(2) }}', /do not fit truncate\(2\)/],
  ['{{ "abc"|wordwrap(0) }}', /do not fit wordwrap\(0\)/],
  ['{{ [1].index(2) }}', /do not fit/],
  ['{{ "%9999d"|format(1) }}', /do not fit format\(1\)/],
  ['{{ "0x1f"|int(0, 16) }}', /do not fit int\(0, 16\)/],
  ['{% autoescape true %}{{ "<" }}{% endautoescape %}', /\{% autoescape true %\}/],
  ['{{ "{:02d}".format(7) }}', /\.format\( is not known/],
];

describe("Python's own library in Jinja", () => {
  it.each(results)('%j is %j', (template, result) => {
    expect(render(template)).toBe(result);
  });

  it.each(refused)('%j is refused by name', (template, words) => {
    expect(() => render(template)).toThrow(words);
  });

  it('leaves the tag of a format with an unfilled value as it is written', () => {
    expect(render('{{ "%s of %d"|format(name, 3) }}')).toBe('{{ "%s of %d"|format(name, 3) }}');
  });
});
