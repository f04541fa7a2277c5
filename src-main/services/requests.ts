/** What hosts ask of the services, and what they get back. */
import type { Progress } from '@contract/progress'
import type { EvaluationSettings } from '@contract/recipe'
import type { BuiltModel, Measurement, TrialReport, UtteranceRecord } from '@contract/trial'
import type { ExportResult } from '../engine/protocol'
import type { TrialMaking } from '../study/trial-spec'

/** How a caller follows and stops a service. */
export interface ServiceOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

/** What of the machine a service may take. */
export interface ResourceOptions {
  /** Whether it starts although by the estimate it does not fit on the machine; otherwise it is refused then. */
  readonly isForced?: boolean
  /** An engine process that holds more is stopped; by default only a machine that runs short of memory stops one. */
  readonly memoryLimitBytes?: number | undefined
}

export interface CompressRequest extends ResourceOptions {
  readonly modelPath: string
  /** Baseline: the model is only exported again. */
  readonly making: TrialMaking
  readonly calibrationPath: string | undefined
  /** Whether audio at another sample rate is resampled to the model's. */
  readonly resample: boolean
  readonly workspaceFolder: string
  readonly outputFolder: string
}

export interface CompressResult {
  readonly built: BuiltModel
  readonly exported: ExportResult
}

export interface EvaluateRequest extends Pick<ResourceOptions, 'memoryLimitBytes'> {
  readonly modelPath: string
  readonly datasetPath: string
  readonly settings: EvaluationSettings
}

export interface EvaluateResult {
  readonly measurement: Measurement
  readonly utterances: readonly UtteranceRecord[]
}

export interface RunStudyRequest extends ResourceOptions {
  readonly recipePath: string
  readonly workspaceFolder: string
  /** Folder for results.json, report.md and models/; nothing is written when left out. */
  readonly outputFolder: string | undefined
  /** Whether trials that have killed their engine twice are tried again; otherwise they are skipped. */
  readonly retryPoisoned?: boolean
  /** Whether the speed of every tier is measured turn by turn with the baseline, also where no gate asks for it. */
  readonly pairedLatency?: boolean
  /** Called when the study is in the workspace, before its first trial. */
  readonly onStudy?: (studyId: string) => void
  /** Called when a trial has ended, in whatever state. */
  readonly onTrial?: (trial: TrialReport) => void
}

export interface ExportRequest {
  readonly workspaceFolder: string
  /** Study id, a prefix of it, or its name. */
  readonly study: string
  /** Trial name or id. */
  readonly trial: string
  readonly outputFolder: string
}
