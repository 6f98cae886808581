// npm run package: a VSIX for this platform with only its runtime files.
import fs from 'node:fs';
import path from 'node:path';
import { ensurePackage } from './packaging.mjs';
import { ensureDependencies, main, root } from './setup.mjs';

main(import.meta.url, async () => {
  await ensureDependencies();
  const { file, target, files } = await ensurePackage({ fresh: true });
  for (const name of files.sort()) console.log(`  ${name}`);
  const megabytes = (fs.statSync(file).size / 1e6).toFixed(1);
  console.log(`${path.relative(root, file)}: ${files.length} files, ${megabytes} MB, for ${target}`);
});
