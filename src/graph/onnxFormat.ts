/**
 * The part of onnx.proto (ONNX 1.18, Apache-2.0) that our graphs use, as a protobufjs descriptor, and its encoder. Field numbers
 * are the format's own.
 */
import { type INamespace, Root } from 'protobufjs/light';

const repeated = 'repeated' as const;

const descriptor: INamespace = {
  nested: {
    ModelProto: {
      fields: {
        irVersion: { id: 1, type: 'int64' },
        producerName: { id: 2, type: 'string' },
        producerVersion: { id: 3, type: 'string' },
        graph: { id: 7, type: 'GraphProto' },
        opsetImport: { rule: repeated, id: 8, type: 'OperatorSetIdProto' },
      },
    },
    OperatorSetIdProto: { fields: { domain: { id: 1, type: 'string' }, version: { id: 2, type: 'int64' } } },
    GraphProto: {
      fields: {
        node: { rule: repeated, id: 1, type: 'NodeProto' },
        name: { id: 2, type: 'string' },
        initializer: { rule: repeated, id: 5, type: 'TensorProto' },
        input: { rule: repeated, id: 11, type: 'ValueInfoProto' },
        output: { rule: repeated, id: 12, type: 'ValueInfoProto' },
      },
    },
    NodeProto: {
      fields: {
        input: { rule: repeated, id: 1, type: 'string' },
        output: { rule: repeated, id: 2, type: 'string' },
        name: { id: 3, type: 'string' },
        opType: { id: 4, type: 'string' },
        attribute: { rule: repeated, id: 5, type: 'AttributeProto' },
        domain: { id: 7, type: 'string' },
      },
    },
    AttributeProto: {
      fields: {
        name: { id: 1, type: 'string' },
        f: { id: 2, type: 'float' },
        i: { id: 3, type: 'int64' },
        s: { id: 4, type: 'bytes' },
        g: { id: 6, type: 'GraphProto' },
        ints: { rule: repeated, id: 8, type: 'int64' },
        type: { id: 20, type: 'int32' },
      },
    },
    TensorProto: {
      fields: {
        dims: { rule: repeated, id: 1, type: 'int64' },
        dataType: { id: 2, type: 'int32' },
        name: { id: 8, type: 'string' },
        rawData: { id: 9, type: 'bytes' },
        externalData: { rule: repeated, id: 13, type: 'StringStringEntryProto' },
        dataLocation: { id: 14, type: 'int32' },
      },
    },
    StringStringEntryProto: { fields: { key: { id: 1, type: 'string' }, value: { id: 2, type: 'string' } } },
    ValueInfoProto: { fields: { name: { id: 1, type: 'string' }, type: { id: 2, type: 'TypeProto' } } },
    TypeProto: { fields: { tensorType: { id: 1, type: 'TensorTypeProto' } } },
    TensorTypeProto: { fields: { elemType: { id: 1, type: 'int32' }, shape: { id: 2, type: 'TensorShapeProto' } } },
    TensorShapeProto: { fields: { dim: { rule: repeated, id: 1, type: 'DimensionProto' } } },
    DimensionProto: { fields: { dimValue: { id: 1, type: 'int64' }, dimParam: { id: 2, type: 'string' } } },
  },
};

export const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof elementTypes;

const modelProto = Root.fromJSON(descriptor).lookupType('ModelProto');

/** A ModelProto as plain objects (field names above) → bytes. */
export function encodeModel(model: object): Uint8Array {
  return modelProto.encode(modelProto.fromObject(model)).finish();
}

/** Bytes → plain objects; for tests. */
export function decodeModel(bytes: Uint8Array): Record<string, unknown> {
  return modelProto.toObject(modelProto.decode(bytes), { longs: Number });
}
