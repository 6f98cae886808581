// npm run package [-- --target all|linux-x64|…]: builds a VSIX for this platform, another one, or each, with only its own runtime files.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { currentTarget, ensurePackage, targets } from './packaging.mjs';
import { ensureDependencies, main, root } from './setup.mjs';

main(import.meta.url, async (words) => {
  const { values } = parseArgs({ args: words, options: { target: { type: 'string' } } });
  const { target = currentTarget() } = values;
  if (target !== 'all' && !targets.includes(target))
    throw new Error(`There is no package for ${target}: choose of ${targets.join(', ')}, or all.`);
  await ensureDependencies();
  const sizes = [];
  for (const each of target === 'all' ? targets : [target]) {
    const { file, files } = await ensurePackage({ fresh: true, target: each });
    if (target !== 'all') for (const name of files.sort()) console.log(`  ${name}`);
    const megabytes = (fs.statSync(file).size / 1e6).toFixed(1);
    sizes.push(`${path.relative(root, file)}: ${files.length} files, ${megabytes} MB, for ${each}`);
  }
  console.log(sizes.join('\n'));
});
