/** The files people have: each case stands for its kind, with its messages and with the place of each piece. */
import { describe } from 'vitest';
import { checkCases } from './fileCases';

describe('front matter of Markdown that customises an assistant', () => {
  const rule = '# Notes\n\nWrite in the past tense.';
  checkCases([
    {
      file: 'notes.instructions.md',
      text: `---\napplyTo: "docs/**"\ndescription: x\n---\n\n${rule}\n`,
      right: [['user', rule]],
      absent: ['applyTo', '---'],
    },
    {
      file: '.cursor/rules/style.mdc',
      text: `---\nglobs: **/*.ts\nalwaysApply: [\n---\n${rule}`,
      right: [['user', rule]],
      absent: ['globs'],
    },
    {
      file: '.claude/agents/planner.md',
      text: `---\ntools: ['search']\n---\n${rule}\n\n---\n\nMore.`,
      right: [['user', `${rule}\n\n---\n\nMore.`]],
      absent: ['tools'],
    },
    { file: 'skills/pdf/SKILL.md', text: `---\nname: pdf\n---\n${rule}`, right: [['user', rule]], absent: ['name'] },
    { file: 'old.chatmode.md', text: rule, right: [['user', rule]] },
    { file: 'rules.mdc', text: `---\n${rule}`, right: [['user', `---\n${rule}`]] },
    {
      file: '.claude/commands/tidy.md',
      text: '---\nargument-hint: [folder]\n---\nTidy $ARGUMENTS, then $1; it cost $10.\n',
      right: [['user', 'Tidy $ARGUMENTS, then $1; it cost $10.']],
      variables: [
        { name: 'ARGUMENTS', value: null, from: null },
        { name: '1', value: null, from: null },
      ],
    },
    {
      file: 'commands/tidy.md',
      text: 'Tidy $ARGUMENTS.',
      values: { ARGUMENTS: 'docs' },
      variables: [{ name: 'ARGUMENTS', value: 'docs', from: 'given' }],
      right: [['user', 'Tidy docs.']],
      written: [['docs', '$ARGUMENTS']],
    },
    { file: 'README.md', text: `---\na: b\n---\n${rule}`, right: `---\na: b\n---\n${rule}` },
  ]);
});
