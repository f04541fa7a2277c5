import { join } from 'node:path'
import type { ExportedTier } from '@contract/export'
import type { ExportResult } from '../engine/protocol'
import { unusedPath } from '../workspace/export-folder'
import { readTextFile } from '../workspace/files'
import { cardFileName } from './report/export-documents'
import type { ExportRequest, ServiceOptions } from './requests'

export interface TierToExport {
  readonly workspaceFolder: string
  /** Study id, a prefix of it, or its name. */
  readonly study: string
  /** Trial name or id. */
  readonly trial: string
  /** The new folder is made in this one, which is there. */
  readonly folder: string
  /** What the new folder is called, before characters that a file system may refuse are replaced; numbered if taken. */
  readonly name: string
}

/**
 * Exports a tier into a new folder and reads back the card that explains it.
 *
 * @throws WorkbenchError as the export.
 */
export async function exportTier(
  exportTrial: (request: ExportRequest, options?: ServiceOptions) => Promise<ExportResult>,
  { workspaceFolder, study, trial, folder, name }: TierToExport,
  options: ServiceOptions = {}
): Promise<ExportedTier> {
  const outputFolder = unusedPath(join(folder, folderName(name)))
  const exported = await exportTrial({ workspaceFolder, study, trial, outputFolder }, options)
  return { ...exported, card: await readTextFile(join(exported.folder, cardFileName)) }
}

/** Letters and digits of any language stay; everything else becomes one hyphen. */
export function folderName(name: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
  return plain === '' ? 'model' : plain.slice(0, 120)
}
