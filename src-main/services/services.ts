import type { ModelDescription } from '@contract/model'
import type { StudyReport } from '@contract/trial'
import type { EngineLauncher } from '../engine/launcher'
import type { ExportResult } from '../engine/protocol'
import { compressModel } from './compress-model'
import { evaluateModel } from './evaluate-model'
import { exportTrial } from './export-trial'
import type {
  CompressRequest,
  CompressResult,
  EvaluateRequest,
  EvaluateResult,
  ExportRequest,
  RunStudyRequest,
  ServiceOptions
} from './requests'
import { runStudy } from './run-study'
import { listStudies, showStudy, type StudySummary } from './show-study'
import { withEngine } from './with-engine'
import { writeStudyOutput } from './write-study-output'

/** Everything a host can ask for. Services queue, supervise and remember; engine processes compute. */
export interface Services {
  describeModel(modelPath: string, options?: ServiceOptions): Promise<ModelDescription>
  compress(request: CompressRequest, options?: ServiceOptions): Promise<CompressResult>
  evaluate(request: EvaluateRequest, options?: ServiceOptions): Promise<EvaluateResult>
  runStudy(request: RunStudyRequest, options?: ServiceOptions): Promise<StudyReport>
  showStudy(workspaceFolder: string, study: string): StudyReport
  listStudies(workspaceFolder: string): readonly StudySummary[]
  exportTrial(request: ExportRequest, options?: ServiceOptions): Promise<ExportResult>
}

/** `launcher` starts the engine processes; each call uses its own and ends them. */
export function createServices(launcher: EngineLauncher): Services {
  return {
    describeModel: (modelPath, options) =>
      withEngine(launcher, (engine) => engine.request('model.describe', { modelPath }, options)),
    compress: (request, options) => compressModel(launcher, request, options),
    evaluate: (request, options) => evaluateModel(launcher, request, options),
    async runStudy(request, options) {
      const report = await runStudy(launcher, request, options)
      const { workspaceFolder, outputFolder } = request
      if (outputFolder !== undefined) {
        await writeStudyOutput(launcher, report, { workspaceFolder, outputFolder }, options)
      }
      return report
    },
    showStudy,
    listStudies,
    exportTrial: (request, options) => exportTrial(launcher, request, options)
  }
}
