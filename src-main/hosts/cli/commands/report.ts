import { Command, Option } from 'commander'
import {
  reportCosts,
  reportFormats,
  type ReportCost,
  type ReportFormat
} from '../../../services/report-study'
import type { CommandContext } from '../command-context'
import { defaultWorkspace } from '../default-workspace'

interface ReportOptions {
  readonly workspace: string
  readonly output?: string
  readonly format?: ReportFormat
  readonly cost: ReportCost
  readonly spectra?: boolean
}

export function reportCommand(context: CommandContext): Command {
  return new Command('report')
    .description('Write a study as one HTML file that needs nothing else, or as CSV, SVG, LaTeX or Markdown.')
    .argument('<study>', 'study name, id, or the beginning of an id')
    .option('--output <file>', 'file to write; without it the report is printed')
    .addOption(
      new Option('--format <format>', 'by default what the name of the output file says, else html').choices(
        reportFormats
      )
    )
    .addOption(
      new Option('--cost <cost>', 'what the chart of svg plots error rates against')
        .choices(reportCosts)
        .default('size')
    )
    .option('--spectra', 'also show the spectra of the layers in html; decomposes what is not cached')
    .option('--workspace <folder>', 'workspace folder', defaultWorkspace)
    .addHelpText(
      'after',
      '\nExamples:\n  lathe report "first lesson" --output report.html\n  lathe report "first lesson" --format csv > trials.csv\n  lathe report "first lesson" --cost latency --output figure.svg'
    )
    .action(async (study: string, { workspace, output, format, cost, spectra }: ReportOptions) => {
      const text = await context.services.reportStudy(
        {
          workspaceFolder: workspace,
          study,
          format: format ?? formatOf(output),
          cost,
          outputPath: output,
          withSpectra: spectra ?? false
        },
        context.following()
      )
      context.clearProgress()
      context.print(output === undefined ? text.replace(/\n$/, '') : `written to ${output}`)
    })
}

/** `report.tex` is LaTeX. What no ending gives away is HTML. */
function formatOf(output: string | undefined): ReportFormat {
  const endings: Readonly<Record<string, ReportFormat>> = {
    csv: 'csv',
    svg: 'svg',
    tex: 'latex',
    md: 'markdown'
  }
  return endings[output?.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'html'
}
