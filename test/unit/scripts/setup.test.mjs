import { describe, expect, it } from 'vitest';
import { dependenciesMatch } from '../../../scripts/setup.mjs';

const lock = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b-darwin': { version: '2.0.0', optional: true },
  },
};
const installed = (packages) => ({ packages });

describe('are the installed dependencies those of the lock file?', () => {
  it('accepts a complete installation, without other platforms', () => {
    expect(dependenciesMatch(lock, installed({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true);
  });
  it('refuses another version', () => {
    expect(dependenciesMatch(lock, installed({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false);
  });
  it('refuses a missing package', () => {
    expect(dependenciesMatch(lock, installed({}))).toBe(false);
  });
  it('refuses a package that the lock file does not know', () => {
    const packages = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/c': { version: '1.0.0' } };
    expect(dependenciesMatch(lock, installed(packages))).toBe(false);
  });
});
