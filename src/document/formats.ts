/**
 * The table of prompt formats. Everything that lists formats is derived from it or is tested against it: which reader reads a file
 * (readers.ts), the choices of `--format`, the editor's languages, menus, code lens and activation (`node scripts/formats.mjs` writes them
 * into the manifest), and the table in README. Data only, since it is loaded when the window opens; the readers are not.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: prompt files have such variables
import { type Argument, clause } from '../protocol/clauses';

export interface Format {
  /** Endings of file names in lower case; `--format` calls the format by the first, without its dot. */
  endings: readonly [string, ...string[]];
  /** Whole file names in lower case. */
  names?: readonly string[];
  /** Where a file with another's name stands: a pattern of its path, which has `/` between folders. */
  places?: readonly RegExp[];
  /** The editor's language ids of the format: chosen by the user, so they count more than the file's name. */
  languages?: readonly string[];
  /** The language ids under which the editor opens such files although they say nothing about the format. */
  wakes?: readonly string[];
  /** The name of a language that this extension brings, with the format's endings; its id is the first of `languages`. */
  brings?: string;
  /**
   * When the editor offers the file unasked: always; with `content`, when the text also looks like a prompt, as most such files are
   * something else.
   */
  offered: 'always' | 'content';
  /** Each line is a prompt of its own; the panel follows the cursor's line. */
  byLine?: boolean;
  /** Several prompts may stand in it, whatever its lines; the panel follows the cursor from one to the other. */
  several?: boolean;
  /** The name alone says that this is a prompt, so it gets a code lens before it is under the lens. */
  lens: boolean;
  /** What it is called in the panel; '' for a plain text. */
  called: Argument;
  /** The next four are for README's table: who owns the format, what is left out of the text, what is filled in, a file's name. */
  owner: string;
  leftOut: string;
  filled: string;
  example: string;
}

export const formats = {
  raw: {
    endings: ['.txt', '.md'],
    names: ['.cursorrules', '.windsurfrules', '.clinerules'],
    wakes: ['plaintext', 'markdown'],
    offered: 'always',
    lens: false,
    called: '',
    owner: 'plain text, Markdown',
    leftOut: 'nothing',
    filled: 'nothing',
    example: 'notes.txt',
  },
  promptMd: {
    endings: ['.prompt.md'],
    places: [/(?:^|\/)\.github\/prompts\/(?:.+\/)?[^/]+\.md$/],
    languages: ['prompt'],
    offered: 'always',
    lens: true,
    called: clause('promptFile'),
    owner: 'VS Code, GitHub Copilot',
    leftOut: 'front matter',
    filled: '`${input:name}`',
    example: 'rename.prompt.md',
  },
  customMd: {
    endings: ['.instructions.md', '.agent.md', '.chatmode.md', '.mdc'],
    names: ['skill.md', 'copilot-instructions.md'],
    places: [
      /(?:^|\/)(?:commands?|agents)\/(?:.+\/)?(?!readme\.md$)[^/]+\.md$/,
      /(?:^|\/)\.[\w-]+\/(?:agents?|rules(?:-[\w-]+)?|instructions|chatmodes|skills|workflows|steering|prompts|output-styles)\/(?:.+\/)?(?!readme\.md$)[^/]+\.md$/,
      /(?:^|\/)\.clinerules\/(?:.+\/)?(?!readme\.md$)[^/]+\.md$/,
    ],
    languages: ['instructions', 'chatagent', 'chatmode', 'skill'],
    offered: 'always',
    lens: true,
    called: clause('instructions'),
    owner:
      'VS Code, Claude Code, Cursor, OpenCode, Spec Kit: instructions, agents, chat modes, rules, `SKILL.md`, a `.md` under `commands/` or `agents/`',
    leftOut: 'front matter',
    filled: '`$ARGUMENTS`, `$1`, with `--var`',
    example: 'docs.instructions.md',
  },
  prompty: {
    endings: ['.prompty'],
    languages: ['prompty'],
    brings: 'Prompty',
    offered: 'always',
    lens: true,
    called: 'Prompty',
    owner: 'Microsoft Prompty, Prompt flow',
    leftOut: 'front matter',
    filled: '`{{name}}`',
    example: 'translate.prompty',
  },
  dotprompt: {
    endings: ['.prompt'],
    languages: ['dotprompt'],
    brings: 'Dotprompt',
    offered: 'always',
    lens: true,
    called: 'Dotprompt',
    owner: 'Google Dotprompt, Genkit; Continue, .NET DotPrompt, told by what they hold',
    leftOut: 'front matter',
    filled: '`{{name}}`',
    example: 'story.prompt',
  },
  chatJson: {
    endings: ['.json'],
    wakes: ['json'],
    offered: 'content',
    several: true,
    lens: false,
    called: clause('conversation'),
    owner:
      'requests of OpenAI, Anthropic, Bedrock, Cohere and Gemini, batches of them, rows of data sets (ShareGPT, Alpaca, preferences), exports of Claude and ChatGPT, prompts of LangChain, named prompts',
    leftOut: 'all but the texts; pictures, tool calls and the like are counted',
    filled: '`{{name}}`, with `--var`',
    example: 'chat.json',
  },
  jsonLines: {
    endings: ['.jsonl', '.ndjson'],
    wakes: ['jsonl'],
    offered: 'content',
    byLine: true,
    lens: false,
    called: clause('lineOfIt'),
    owner: 'the same, one on each line: the line of the cursor in the editor, `--line N` on the command line',
    leftOut: 'the other lines, and as above',
    filled: '`{{name}}`, with `--var`',
    example: 'train.jsonl',
  },
  promptYaml: {
    endings: ['.prompt.yml', '.prompt.yaml'],
    wakes: ['yaml'],
    offered: 'always',
    lens: true,
    called: 'GitHub Models',
    owner: 'prompts in a repository',
    leftOut: 'all but the messages',
    filled: '`{{name}}`, from the first row of `testData` (`--test N`)',
    example: 'shorten.prompt.yml',
  },
  yaml: {
    endings: ['.yaml', '.yml'],
    wakes: ['yaml'],
    offered: 'content',
    several: true,
    lens: false,
    called: 'YAML',
    owner:
      'Semantic Kernel (also with Handlebars or Jinja), promptfoo (`--prompt N --test N`), LangChain, .NET DotPrompt, GitHub Models, told by what they hold',
    leftOut: 'all but the prompt',
    filled: '`{{$name}}`, `{{name}}` or `{name}`, as the format has it',
    example: 'promptfooconfig.yaml',
  },
  skprompt: {
    endings: ['skprompt.txt'],
    offered: 'always',
    lens: true,
    called: 'Semantic Kernel',
    owner: 'a prompt in a folder of its own',
    leftOut: 'tags of roles',
    filled: '`{{$name}}`, from `config.json` beside it or `--var`',
    example: 'skprompt.txt',
  },
  jinja: {
    endings: ['.jinja2', '.j2', '.jinja'],
    languages: ['jinja', 'jinja2'],
    offered: 'always',
    lens: false,
    called: 'Jinja',
    owner: 'Prompt flow: lines such as `# system:` begin a message',
    leftOut: 'lines of roles',
    filled: '`{{name}}`, with `--var`',
    example: 'chat.jinja2',
  },
  modelfile: {
    endings: ['.modelfile'],
    names: ['modelfile'],
    languages: ['modelfile'],
    offered: 'always',
    lens: true,
    called: 'Modelfile',
    owner: 'Ollama: `SYSTEM` and `MESSAGE`',
    leftOut: 'the settings',
    filled: 'nothing',
    example: 'Modelfile',
  },
  toml: {
    endings: ['.toml'],
    wakes: ['toml'],
    offered: 'content',
    lens: false,
    called: 'TOML',
    owner: 'commands of Gemini CLI: `prompt`',
    leftOut: 'all but the prompt',
    filled: '`{{args}}`, with `--var`',
    example: '.gemini/commands/review.toml',
  },
} as const satisfies Record<string, Format>;

/** Formats of programs, known by name only: they are shown as they stand. */
const foreign: readonly [ending: RegExp, name: string][] = [
  [/\.baml$/i, 'BAML'],
  [/\.poml$/i, 'POML'],
  [/\.promptl$/i, 'PromptL'],
  [/\.lmql$/i, 'LMQL'],
  [/\.guidance$/i, 'Guidance'],
];

/** The name of a format that is known but not read; null for any other file. */
export function foreignFormat(path: string): string | null {
  return foreign.find(([ending]) => ending.test(path))?.[1] ?? null;
}

export type PromptKind = keyof typeof formats;

/** The formats with their types widened, in the table's order. */
export const formatList = Object.entries(formats) as [PromptKind, Format][];

export const formatOf = (kind: PromptKind): Format => formats[kind];

/** What `--format` calls each format: its first ending without the dot. */
export const formatEndings = formatList.map(([kind]) => endingOf(kind));

export function endingOf(kind: PromptKind): string {
  return formatOf(kind).endings[0].replace(/^\./, '');
}

/** The format that `--format` names so; null for none. */
export function formatNamed(ending: string): PromptKind | null {
  return formatList.find(([kind]) => endingOf(kind) === ending)?.[0] ?? null;
}
