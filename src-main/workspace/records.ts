/**
 * Studies, trials and utterances in SQLite. The room stores what the study room decides: recipes, specs, results
 * and records are JSON that nobody here looks into, and moments are texts (ISO 8601, UTC) that the caller passes in.
 */
import { canonicalJson, type Json } from '../base/canonical-json'
import { WorkbenchError } from '@contract/errors'
import type { TrialFailures } from '@contract/job'
import type { StudySummary } from '@contract/workbench-data'
import type { Database, Row } from './database'
import { readTrialFailures } from './trial-failures'
import {
  isPoisonedSql,
  poisonousCrashes,
  trialStateOf,
  type StateColumn,
  type StoredTrialState
} from './trial-state'

export interface StudyTrial {
  readonly trialId: string
  /** What the study calls the trial; two studies may share a trial under different names. */
  readonly name: string
}

export interface StudyRecord {
  readonly studyId: string
  readonly name: string
  readonly recipe: Json
  readonly createdAt: string
  /** In the order of the study. */
  readonly trials: readonly StudyTrial[]
}

export type { StudySummary }

export type { StoredTrialState } from './trial-state'

export interface TrialRecord {
  readonly trialId: string
  readonly spec: Json
  /** `running` says that it was started: the process that ran it may have been killed since. */
  readonly state: StoredTrialState
  /** Engine processes that ended under it since it was last forgiven. */
  readonly crashes: number
  /** Of a completed trial. */
  readonly result: Json | undefined
  /** Of a failed, poisoned or cancelled trial. */
  readonly error: Json | undefined
  readonly startedAt: string
  readonly finishedAt: string | undefined
}

export interface UtteranceRecord {
  readonly utteranceId: string
  readonly record: Json
}

/** The studies, trials and utterances of a workspace. Every call is one transaction; errors as `Database`. */
export interface Records {
  /** Stores a study, or brings the stored one of that id up to date; its first `createdAt` stays. */
  saveStudy(study: StudyRecord): void
  /**
   * The study with this id; else the only one with this name; else the only one whose id begins so.
   *
   * @throws WorkbenchError `not-found` when there is none, `conflict` when there are several.
   */
  findStudy(idOrNameOrPrefix: string): StudyRecord
  /** The latest first. */
  listStudies(): StudySummary[]
  /** The trial, or undefined when it was never started. */
  trial(trialId: string): TrialRecord | undefined
  /**
   * Marks a trial as running. One that was left running, failed or was cancelled starts again and keeps the
   * utterances it has, so that it can be resumed.
   *
   * @throws WorkbenchError `conflict` when it is completed or poisoned: the caller skips those.
   */
  startTrial(trial: { readonly trialId: string; readonly spec: Json; readonly startedAt: string }): void
  /**
   * Adds utterances to a trial: all of them or none. An utterance that is already there stays as it is.
   *
   * @throws WorkbenchError `not-found` when the trial was never started.
   */
  recordUtterances(trialId: string, utterances: readonly UtteranceRecord[]): void
  /**
   * Stores the result and marks the trial as completed, both at once. Returns false, and changes nothing, when it
   * was already completed: the first result stays.
   *
   * @throws WorkbenchError `not-found` when the trial was never started.
   */
  finishTrial(trialId: string, outcome: { readonly result: Json; readonly finishedAt: string }): boolean
  /**
   * Gives a completed trial a result that holds more than its own: what it held must be in it unchanged.
   *
   * @throws WorkbenchError `conflict` when the trial is not completed.
   */
  extendTrial(trialId: string, result: Json): void
  /** Marks a trial as failed or cancelled; otherwise as `finishTrial`. */
  failTrial(
    trialId: string,
    outcome: {
      readonly state: 'failed' | 'cancelled'
      readonly error: Json
      readonly finishedAt: string
    }
  ): boolean
  /**
   * Counts an engine process that ended under a trial, and returns whether the trial is poisoned when it fails now. The
   * count outlives the process that runs the study, so a trial that kills twice is known in whichever run it does so.
   *
   * @throws WorkbenchError `not-found` when the trial was never started.
   */
  countCrash(trialId: string): boolean
  /** Lets the poisoned trials of a study be started again, and returns how many there were. */
  forgiveTrials(studyId: string): number
  /** The trials of a study that have failed; null when none has. An unknown study has none. */
  failuresOf(studyId: string): TrialFailures | null
  /** In the order in which they were recorded. */
  utterancesOf(trialId: string): UtteranceRecord[]
}

export function createRecords(database: Database): Records {
  return {
    saveStudy: (study) => saveStudy(database, study),
    findStudy: (idOrNameOrPrefix) => findStudy(database, idOrNameOrPrefix),
    listStudies: () => listStudies(database),
    trial: (trialId) => readTrial(database, trialId),
    startTrial: (trial) => startTrial(database, trial),
    recordUtterances: (trialId, utterances) => recordUtterances(database, trialId, utterances),
    finishTrial: (trialId, { result, finishedAt }) =>
      endTrial(database, trialId, { state: 'completed', result, error: undefined, finishedAt }),
    extendTrial: (trialId, result) => extendTrial(database, trialId, result),
    failTrial: (trialId, { state, error, finishedAt }) =>
      endTrial(database, trialId, { state, result: undefined, error, finishedAt }),
    countCrash: (trialId) => countCrash(database, trialId),
    forgiveTrials: (studyId) => forgiveTrials(database, studyId),
    failuresOf: (studyId) => readTrialFailures(database, studyId),
    utterancesOf: (trialId) => utterancesOf(database, trialId)
  }
}

function saveStudy(database: Database, study: StudyRecord): void {
  database.transaction(() => {
    database.run(
      `INSERT INTO studies (study_id, name, recipe_json, created_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (study_id) DO UPDATE SET name = excluded.name, recipe_json = excluded.recipe_json`,
      study.studyId,
      study.name,
      canonicalJson(study.recipe),
      study.createdAt
    )
    database.run('DELETE FROM study_trials WHERE study_id = ?', study.studyId)
    study.trials.forEach((trial, position) =>
      database.run(
        'INSERT INTO study_trials (study_id, position, trial_id, name) VALUES (?, ?, ?, ?)',
        study.studyId,
        position,
        trial.trialId,
        trial.name
      )
    )
  })
}

function findStudy(database: Database, wanted: string): StudyRecord {
  const searches = [
    'SELECT * FROM studies WHERE study_id = ?1',
    'SELECT * FROM studies WHERE name = ?1 ORDER BY study_id',
    // Not LIKE: a user's text may hold its wildcards. Nothing is the beginning of everything, so it finds nothing.
    `SELECT * FROM studies WHERE ?1 <> '' AND substr(study_id, 1, length(?1)) = ?1 ORDER BY study_id`
  ]
  for (const search of searches) {
    const [row, ...others] = database.rows(search, wanted)
    if (row === undefined) continue
    if (others.length > 0) {
      const ids = [row, ...others].map((other) => text(other, 'study_id')).join(', ')
      throw new WorkbenchError(
        'conflict',
        `'${wanted}' fits ${others.length + 1} studies, expected one: name one of ${ids} by its id.`
      )
    }
    return studyOf(database, row)
  }
  throw new WorkbenchError(
    'not-found',
    `No study has the id or the name '${wanted}': choose one from the list of studies.`
  )
}

function studyOf(database: Database, row: Row): StudyRecord {
  const studyId = text(row, 'study_id')
  const trials = database
    .rows('SELECT trial_id, name FROM study_trials WHERE study_id = ? ORDER BY position', studyId)
    .map((trial) => ({ trialId: text(trial, 'trial_id'), name: text(trial, 'name') }))
  return {
    studyId,
    name: text(row, 'name'),
    recipe: json(text(row, 'recipe_json')),
    createdAt: text(row, 'created_at'),
    trials
  }
}

function listStudies(database: Database): StudySummary[] {
  const rows = database.rows(
    `SELECT studies.study_id, studies.name, created_at, count(study_trials.trial_id) AS trial_count,
            count(trials.trial_id) FILTER (WHERE trials.state = 'completed') AS completed_count,
            count(trials.trial_id) FILTER (WHERE trials.state = 'failed') AS failed_count
     FROM studies LEFT JOIN study_trials USING (study_id) LEFT JOIN trials USING (trial_id)
     GROUP BY studies.study_id ORDER BY created_at DESC, studies.study_id`
  )
  return rows.map((row) => ({
    studyId: text(row, 'study_id'),
    name: text(row, 'name'),
    createdAt: text(row, 'created_at'),
    trialCount: Number(row.trial_count),
    completedTrialCount: Number(row.completed_count),
    failedTrialCount: Number(row.failed_count)
  }))
}

function readTrial(database: Database, trialId: string): TrialRecord | undefined {
  const [row] = database.rows('SELECT * FROM trials WHERE trial_id = ?', trialId)
  if (row === undefined) return undefined
  const [result, error] = [optionalText(row, 'result_json'), optionalText(row, 'error_json')]
  return {
    trialId,
    spec: json(text(row, 'spec_json')),
    state: trialStateOf(row),
    crashes: Number(row.crashes),
    result: result === undefined ? undefined : json(result),
    error: error === undefined ? undefined : json(error),
    startedAt: text(row, 'started_at'),
    finishedAt: optionalText(row, 'finished_at')
  }
}

function startTrial(
  database: Database,
  { trialId, spec, startedAt }: { readonly trialId: string; readonly spec: Json; readonly startedAt: string }
): void {
  // The id is a hash of the spec, so the stored spec of a trial that starts again is this one.
  const changed = database.run(
    `INSERT INTO trials (trial_id, spec_json, state, started_at) VALUES (?, ?, 'running', ?)
     ON CONFLICT (trial_id) DO UPDATE
       SET state = 'running', started_at = excluded.started_at, error_json = NULL, finished_at = NULL
       WHERE state <> 'completed' AND NOT ${isPoisonedSql}`,
    trialId,
    canonicalJson(spec),
    startedAt
  )
  if (changed > 0) return
  const next =
    readTrial(database, trialId)?.state === 'poisoned'
      ? 'poisoned and is not started again: forgive it first'
      : 'completed and is not started again: use the result it has'
  throw new WorkbenchError('conflict', `Trial ${trialId} is ${next}.`, { details: { trialId } })
}

function extendTrial(database: Database, trialId: string, result: Json): void {
  const changed = database.run(
    `UPDATE trials SET result_json = ? WHERE trial_id = ? AND state = 'completed'`,
    canonicalJson(result),
    trialId
  )
  if (changed > 0) return
  throw new WorkbenchError(
    'conflict',
    `The trial '${trialId}' has no result yet, so nothing can be added to it: run it first.`
  )
}

function recordUtterances(database: Database, trialId: string, utterances: readonly UtteranceRecord[]): void {
  database.transaction(() => {
    requireTrial(database, trialId)
    for (const { utteranceId, record } of utterances) {
      database.run(
        `INSERT INTO utterances (trial_id, utterance_id, record_json) VALUES (?, ?, ?)
         ON CONFLICT (trial_id, utterance_id) DO NOTHING`,
        trialId,
        utteranceId,
        canonicalJson(record)
      )
    }
  })
}

interface TrialEnd {
  readonly state: Exclude<StateColumn, 'running'>
  readonly result: Json | undefined
  readonly error: Json | undefined
  readonly finishedAt: string
}

function endTrial(database: Database, trialId: string, end: TrialEnd): boolean {
  return database.transaction(() => {
    requireTrial(database, trialId)
    const changed = database.run(
      `UPDATE trials SET state = ?, result_json = ?, error_json = ?, finished_at = ?
       WHERE trial_id = ? AND state <> 'completed'`,
      end.state,
      end.result === undefined ? null : canonicalJson(end.result),
      end.error === undefined ? null : canonicalJson(end.error),
      end.finishedAt,
      trialId
    )
    return changed > 0
  })
}

function countCrash(database: Database, trialId: string): boolean {
  return database.transaction(() => {
    requireTrial(database, trialId)
    database.run('UPDATE trials SET crashes = crashes + 1 WHERE trial_id = ?', trialId)
    const [row] = database.rows('SELECT crashes FROM trials WHERE trial_id = ?', trialId)
    return Number(row?.crashes) >= poisonousCrashes
  })
}

function forgiveTrials(database: Database, studyId: string): number {
  return database.run(
    `UPDATE trials SET crashes = 0
     WHERE ${isPoisonedSql}
       AND trial_id IN (SELECT trial_id FROM study_trials WHERE study_id = ?)`,
    studyId
  )
}

function utterancesOf(database: Database, trialId: string): UtteranceRecord[] {
  return database
    .rows('SELECT utterance_id, record_json FROM utterances WHERE trial_id = ? ORDER BY rowid', trialId)
    .map((row) => ({ utteranceId: text(row, 'utterance_id'), record: json(text(row, 'record_json')) }))
}

function requireTrial(database: Database, trialId: string): void {
  if (database.rows('SELECT 1 FROM trials WHERE trial_id = ?', trialId).length > 0) return
  throw new WorkbenchError('not-found', `Trial ${trialId} was never started: start it first.`, {
    details: { trialId }
  })
}

/** The tables are STRICT, so a column has the type that the schema gives it. */
function text(row: Row, column: string): string {
  return row[column] as string
}

function optionalText(row: Row, column: string): string | undefined {
  return (row[column] as string | null) ?? undefined
}

/** What SQLite gives back is JSON unless the file was damaged in a place where SQLite does not notice. */
function json(stored: string): Json {
  try {
    return JSON.parse(stored) as Json
  } catch (thrown) {
    throw new WorkbenchError(
      'io',
      'A record of the workspace is damaged: restore lathe.sqlite from a copy, or run the study in a new workspace.',
      { cause: thrown }
    )
  }
}
