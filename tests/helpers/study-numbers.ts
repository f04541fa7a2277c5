/** What of a study is the same on every run, and where its records are: for tests that disturb it. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StudyReport } from '@contract/trial'
import { canonicalJson, type Json } from '../../src-main/base/canonical-json'
import { readTrialRows, readUtterances } from './workspace-file'

/** Members that are measured in time or memory, or follow from those, or tell how a run went. */
const measuredMembers: ReadonlySet<string> = new Set([
  'latencyMilliseconds',
  'realTimeFactor',
  'throughput',
  'loadMilliseconds',
  'peakResidentBytes',
  'processingMilliseconds',
  'dominatedByInt8',
  'reused'
])

/** The report as text, without what is measured in time or memory: identical for every run of the same study. */
export function timelessReport(report: StudyReport): string {
  return canonicalJson(withoutMeasured(report))
}

/** Every recorded utterance of every trial, in the order of the study and by name, without times. */
export function timelessRecords(workspaceFolder: string): string {
  const trials = readTrialRows(workspaceFolder).map(({ trialId, name, state }) => ({
    trialId,
    name,
    state,
    utterances: readUtterances(workspaceFolder, trialId).map(withoutMeasured).map(canonicalJson).sort()
  }))
  return canonicalJson(trials)
}

/** `value` is what JSON.parse gives. */
function withoutMeasured(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withoutMeasured)
  if (typeof value !== 'object' || value === null) return value as Json
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !measuredMembers.has(name))
      .map(([name, member]) => [name, withoutMeasured(member)])
  )
}

/** The stored models (of one file each) whose content is not what their name says; none should ever be seen. */
export function brokenModels(workspaceFolder: string): string[] {
  const folder = join(workspaceFolder, 'models')
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((hash) => {
    const file = join(folder, hash, 'model.onnx')
    return !existsSync(file) || createHash('sha256').update(readFileSync(file)).digest('hex') !== hash
  })
}
