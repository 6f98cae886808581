/**
 * The choices that belong to one prompt and mean nothing for another: its target, the locked heads, what is plotted of it, its second
 * prompt. They come back with their prompt. Pure.
 */
import type { Intent } from '../../analysis/panel';
import { automaticPlot, automaticSteering, initialIntent } from './panelDefaults';
import { restoredIntent } from './restoredIntent';

type Plot = Pick<Intent['embeddings'], keyof typeof automaticPlot>;
type Steering = Pick<Intent['lie']['steer'], keyof typeof automaticSteering>;

export interface PromptChoices extends Pick<Intent, 'target' | 'continueLast'> {
  attention: Pick<Intent['attention'], 'heads'>;
  patching: Pick<Intent['patching'], 'from'>;
  embeddings: Plot;
  lie: { steer: Steering };
}

export function choicesOf({ target, continueLast, attention, patching, embeddings, lie }: Intent): PromptChoices {
  return {
    target,
    continueLast,
    attention: { heads: attention.heads },
    patching: { from: patching.from },
    embeddings: only(embeddings, automaticPlot),
    lie: { steer: only(lie.steer, automaticSteering) },
  };
}

/** What a prompt has of which the user chose nothing. */
export const noChoices: PromptChoices = choicesOf(initialIntent);

export function withChoices(intent: Intent, { target, continueLast, ...choices }: PromptChoices): Intent {
  return {
    ...intent,
    target,
    continueLast,
    attention: { ...intent.attention, ...choices.attention },
    patching: { ...intent.patching, ...choices.patching },
    embeddings: { ...intent.embeddings, ...choices.embeddings },
    lie: { ...intent.lie, steer: { ...intent.lie.steer, ...choices.lie.steer } },
  };
}

/** The usable part of stored choices; positions in a text, which may have changed since, are not stored. */
export function restoredChoices(saved: unknown): PromptChoices {
  const fields = typeof saved === 'object' && saved !== null ? saved : {};
  const intent = restoredIntent({ ...fields, version: 1 }, initialIntent);
  return intent ? choicesOf(intent) : noChoices;
}

/** The choices without the target's positions, which may point at other words when the prompt comes back. */
export function lasting(choices: PromptChoices): PromptChoices {
  const { span: _, ...target } = choices.target;
  return { ...choices, target };
}

function only<T extends object, K extends keyof T>(values: T, keys: Record<K, unknown>): Pick<T, K> {
  return Object.fromEntries(Object.keys(keys).map((key) => [key, values[key as K]])) as Pick<T, K>;
}
