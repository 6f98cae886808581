import { describe, expect, it } from 'vitest';
import { figureSvg } from '../../../src/cli/figure';
import { htmlReport } from '../../../src/cli/htmlReport';

const sheet = {
  figure: { kind: 'bars' as const, label: ['text'], value: 'score' },
  columns: ['text', 'score'],
  rows: [
    [' <b>&', 2],
    ['\ud800\u0000', -1],
    ['none', null],
  ],
};

/** The attributes of the bars, in order. */
function drawnBars(svg: string): { x: number; width: number; fill: string }[] {
  const found = svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="12" fill="([^"]+)"\/>/g);
  const all = Array.from(found, ([, x, width, fill]) => ({ x: Number(x), width: Number(width), fill }));
  return all.filter(({ fill }) => fill !== '#ededed');
}

describe('the picture of a sheet', () => {
  const svg = figureSvg(sheet, 'prompt-lens occlusion', ['a model']);

  it('has a bar for each number, sign by direction and hatching, to one scale', () => {
    const [up, down, ...rest] = drawnBars(svg);
    expect(rest).toEqual([]);
    expect(up.width).toBeCloseTo(2 * down.width, 0);
    expect(down.x + down.width).toBeCloseTo(up.x, 0);
    expect(down.fill).toBe('url(#hatch)');
    expect(svg).toContain('score from -1 to 2');
  });

  it('writes text as text, whatever it holds', () => {
    expect(svg).toContain('·&lt;b&gt;&amp;');
    expect(svg).not.toContain('<b>');
    expect([...svg].filter((character) => character === '\ud800' || character === '\0')).toEqual([]);
  });

  it('draws a cell for each weight, darkest where it is largest', () => {
    const matrix = {
      figure: { kind: 'cells' as const },
      columns: ['query', '0', '1'],
      rows: [
        [0, 1, 0],
        [1, 0.25, 0.75],
      ],
    };
    const opacities = Array.from(figureSvg(matrix, 't', ['c']).matchAll(/fill-opacity="([\d.]+)"/g), ([, share]) =>
      Number(share),
    );
    expect(opacities).toEqual([1, 0.5, 0.87]);
  });

  it('is refused where there is none', () => {
    expect(() => figureSvg({ columns: [], rows: [] }, 'prompt-lens info', [])).toThrow(/no picture/);
  });
});

describe('a large matrix', () => {
  it('stays within its picture, small, and no strong weight is lost', () => {
    const size = 1010;
    const rows = Array.from({ length: size }, (_, query) => [
      query + 1,
      ...Array.from({ length: size }, (_, key) => (key > query ? 0 : key === 1000 && query === 1005 ? 1 : 0.2)),
    ]);
    const columns = ['queryFrom1', ...rows.map((_, key) => String(key + 1))];
    const svg = figureSvg({ columns, rows, figure: { kind: 'cells' } }, 't', ['c']);
    const cells = [...svg.matchAll(/<rect x="(\d+)" y="(\d+)" width="(\d+)"[^>]*fill-opacity="([^"]+)"/g)];
    const right = Math.max(...cells.map(([, x, , width]) => Number(x) + Number(width)));
    expect(right).toBeLessThanOrEqual(Number(/width="(\d+)"/.exec(svg)?.[1]));
    expect(cells.filter(([, , , , opacity]) => opacity === '1.00')).toHaveLength(1);
    expect(svg.length).toBeLessThan(6e6);
    expect(svg).toContain('the largest weight of 4 by 4');
  });
});

describe('the page', () => {
  it('holds prompt, picture and numbers, and loads nothing', () => {
    const facts = { model: 'tiny' };
    const page = htmlReport({
      title: 'prompt-lens occlusion',
      captions: ['a model'],
      facts,
      rendered: '<script>1</script>',
      fingerprint: '0123456789abcdef',
      sheet,
    });
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('<script');
    expect(page).toContain('<svg');
    expect(page).toContain('<td class="n">-1</td>');
    expect(page.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|href=/);
  });
});
