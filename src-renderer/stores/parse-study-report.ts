import { WorkbenchError } from '@contract/errors'
import { studyReportSchema, type StudyReport } from '@contract/trial'

/**
 * The study that a results file holds, checked member by member. Members this version does not know are dropped.
 *
 * - `text`     content of the file.
 * - `fileName` for messages only.
 *
 * @throws WorkbenchError `invalid-input` that says what the file is instead, or which member is at fault.
 */
export function parseStudyReport(text: string, fileName: string): StudyReport {
  const json = parseJson(text, fileName)
  const parsed = studyReportSchema.safeParse(json)
  if (parsed.success) return parsed.data
  if (isRecipe(json)) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is a recipe, not its results: run \`lathe study run ${fileName} --output my-study\` and open my-study/results.json.`
    )
  }
  const issue = parsed.error.issues[0]
  const isOtherJson = issue === undefined || issue.path.length < 2
  throw new WorkbenchError(
    'invalid-input',
    isOtherJson
      ? `'${fileName}' is JSON but not the results of a study: expected the results.json that \`lathe study run --output\` writes, with 'study' and 'trials'.`
      : `'${fileName}' is not a results file that this version can read: at '${issue.path.join('.')}' there is a wrong value (${issue.message}); write it again with \`lathe study show --json\`.`
  )
}

function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    throw new WorkbenchError(
      'invalid-input',
      `'${fileName}' is not JSON: expected the results.json that \`lathe study run --output\` or \`npm run demo\` writes.`,
      { cause: thrown }
    )
  }
}

function isRecipe(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'recipeVersion' in json
}
