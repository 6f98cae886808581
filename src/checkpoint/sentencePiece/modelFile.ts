/**
 * SentencePiece's own file, `tokenizer.model`: the protocol buffer ModelProto (sentencepiece, src/sentencepiece_model.proto, Apache-2.0)
 * with its pieces, what kind of model it is, and how it changes a text.
 */
import { type INamespace, Root } from 'protobufjs/light';
import { clause } from '../../protocol/clauses';
import { AddedTokens } from '../addedTokens';
import { malformed, unsupported } from '../modelProblem';
import { CharsMap } from './charsMap';
import { modelText } from './modelText';
import { byteEntries, checkedNormalising, type NormalisingTokenizer } from './normalisingTokenizer';
import { cutByLikelihood, cutByPairs } from './segments';

const repeated = 'repeated' as const;

/** In this edition a value that is written counts, even where it is 0 or false. */
const edition = 'proto2';

const descriptor: INamespace = {
  nested: {
    ModelProto: {
      edition,
      fields: {
        pieces: { rule: repeated, id: 1, type: 'Piece' },
        trainerSpec: { id: 2, type: 'TrainerSpec' },
        normalizerSpec: { id: 3, type: 'NormalizerSpec' },
      },
    },
    Piece: {
      edition,
      fields: {
        piece: { id: 1, type: 'string' },
        score: { id: 2, type: 'float' },
        type: { id: 3, type: 'int32', options: { default: 1 } },
      },
    },
    TrainerSpec: {
      edition,
      fields: {
        modelType: { id: 3, type: 'int32', options: { default: 1 } },
        treatWhitespaceAsSuffix: { id: 24, type: 'bool' },
        byteFallback: { id: 35, type: 'bool' },
        unkId: { id: 40, type: 'int32' },
        bosId: { id: 41, type: 'int32', options: { default: 1 } },
        eosId: { id: 42, type: 'int32', options: { default: 2 } },
      },
    },
    NormalizerSpec: {
      edition,
      fields: {
        precompiledCharsmap: { id: 2, type: 'bytes' },
        addDummyPrefix: { id: 3, type: 'bool', options: { default: true } },
        removeExtraWhitespaces: { id: 4, type: 'bool', options: { default: true } },
        escapeWhitespaces: { id: 5, type: 'bool', options: { default: true } },
      },
    },
  },
};

const proto = Root.fromJSON(descriptor).lookupType('ModelProto');

interface ModelProto {
  pieces: { piece: string; score: number; type: number }[];
  trainerSpec: {
    modelType: number;
    treatWhitespaceAsSuffix: boolean;
    byteFallback: boolean;
    unkId: number;
    bosId: number;
    eosId: number;
  };
  normalizerSpec: {
    precompiledCharsmap: Uint8Array;
    addDummyPrefix: boolean;
    removeExtraWhitespaces: boolean;
    escapeWhitespaces: boolean;
  };
}

/** sentencepiece_model.proto, ModelProto.SentencePiece.Type and TrainerSpec.ModelType. */
export const pieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;
const unigramModel = 1;
const pairModel = 2;

export interface AddedEntry {
  id: number;
  content: string;
  special: boolean;
  lstrip: boolean;
  rstrip: boolean;
}

export interface ModelFileOptions {
  /** Rows of the embedding table. */
  rows: number;
  /** Tokens that other files of the folder add to the model's. */
  added: readonly AddedEntry[];
  /** Whether the ▁ before a text stands before each stretch between added tokens, or before the first alone. */
  prefixEach: boolean;
}

export interface ModelFile {
  tokenizer: NormalisingTokenizer;
  beginId: number | null;
  endId: number | null;
}

/** Throws modelMalformed for bytes that are no such file, modelUnsupported for a kind of model that is not done. */
export function readModelFile(bytes: Uint8Array, options: ModelFileOptions, path: string): ModelFile {
  const model = decoded(bytes, path);
  const { pieces, trainerSpec: trained, normalizerSpec: normal } = model;
  const entries = entriesOf(model, options, path);
  const byteIds = trained.byteFallback ? byteEntries(entries) : new Map<number, number>();
  const ofType = (type: number) => pieces.flatMap((piece, id) => (piece.type === type ? [id] : []));
  const userDefined = new Set(ofType(pieceType.userDefined));
  const charsMap = CharsMap.of(normal.precompiledCharsmap);
  if (!charsMap) throw malformed(path, clause('tableDamaged', 'precompiled_charsmap'));
  const vocabulary = {
    ...{ entries, userDefined },
    scores: pieces.map(({ score }) => score),
    usable: (id: number) => pieces[id]?.type === pieceType.normal || userDefined.has(id),
  };
  const cut = trained.modelType === unigramModel ? cutByLikelihood(vocabulary, true) : cutByPairs(vocabulary);
  const words = modelText({
    ...normal,
    charsMap: normal.precompiledCharsmap.length === 0 ? null : charsMap,
    asSuffix: trained.treatWhitespaceAsSuffix,
    userDefined: [...userDefined].map((id) => entries[id]),
  });
  const inner = modelText({ ...normal, charsMap, asSuffix: false, addDummyPrefix: false, userDefined: [] });
  const own = [...ofType(pieceType.control), ...ofType(pieceType.unknown)].map((id) => plainly(id, entries[id]));
  const added = new Map([...own, ...options.added].map((each) => [each.id, each]));
  const parts = {
    ...{ entries, byteIds, cut },
    added: new AddedTokens([...added.values()].filter(({ content }) => content !== '')),
    special: new Set([...added.values()].filter(({ special }) => special).map(({ id }) => id)),
    unknownId: ofType(pieceType.unknown)[0] ?? null,
    words: (text: string, from: number, to: number) => [
      (options.prefixEach || from === 0 ? words : inner)(text, from, to),
    ],
  };
  const known = (id: number) => (id >= 0 && id < pieces.length ? id : null);
  return {
    tokenizer: checkedNormalising(parts, path),
    beginId: known(trained.bosId),
    endId: known(trained.eosId),
  };
}

const plainly = (id: number, content: string): AddedEntry => ({
  ...{ id, content, special: true },
  lstrip: false,
  rstrip: false,
});

function decoded(bytes: Uint8Array, path: string): ModelProto {
  let model: ModelProto;
  try {
    model = proto.toObject(proto.decode(bytes), { defaults: true, arrays: true, objects: true }) as ModelProto;
  } catch {
    throw malformed(path, clause('notSentencePiece'));
  }
  if (model.pieces.length === 0) throw malformed(path, clause('notSentencePiece'));
  const empty = proto.toObject(proto.create({ trainerSpec: {}, normalizerSpec: {} }), { defaults: true }) as ModelProto;
  model.trainerSpec ??= empty.trainerSpec;
  model.normalizerSpec ??= empty.normalizerSpec;
  const { modelType } = model.trainerSpec;
  if (modelType !== unigramModel && modelType !== pairModel)
    throw unsupported(path, clause('tokenizerOther', modelType === 3 ? 'SentencePiece WORD' : 'SentencePiece CHAR'));
  if (!model.pieces.every(({ score }) => Number.isFinite(score))) throw malformed(path, clause('notSentencePiece'));
  return model;
}

/** By id; rows without an entry are padding. */
function entriesOf({ pieces }: ModelProto, { rows, added }: ModelFileOptions, path: string): string[] {
  const most = Math.max(pieces.length - 1, ...added.map(({ id }) => id));
  if (most >= rows) throw malformed(path, clause('tokenBeyondRows', most, rows));
  const entries = Array.from({ length: rows }, (_, id) => pieces[id]?.piece ?? `[PAD ${id}]`);
  for (const { id, content } of added) entries[id] = content;
  return entries;
}
