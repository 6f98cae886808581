/** Reads models/manifest.json: the models that come with the program, by name. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

const manifestSchema = v.object({
  models: v.array(
    v.object({
      name: v.string(),
      file: v.string(),
      sizeBytes: v.number(),
      quantisation: v.string(),
      licence: v.string(),
      bundled: v.optional(v.boolean(), false),
    }),
  ),
});

export type ManifestModel = v.InferOutput<typeof manifestSchema>['models'][number];

/** Rejects where the file is missing or malformed, which means that the installation is damaged. */
export async function readManifest(path: string): Promise<ManifestModel[]> {
  return v.parse(manifestSchema, JSON.parse(await readFile(path, 'utf8'))).models;
}
