import { Command } from 'commander'
import type { LayerDescription, ModelDescription } from '@contract/model'
import { formatBytes, formatCount } from '@contract/display-numbers'
import { formatTable, type Column } from '../../../services/report/text-table'
import type { CommandContext } from '../command-context'

const layerColumns: readonly Column<LayerDescription>[] = [
  {
    title: 'block',
    align: 'right',
    cell: ({ blockIndex }) => (blockIndex === null ? '-' : String(blockIndex))
  },
  { title: 'role', align: 'left', cell: ({ role }) => role },
  { title: 'in', align: 'right', cell: ({ inFeatures }) => String(inFeatures) },
  { title: 'out', align: 'right', cell: ({ outFeatures }) => String(outFeatures) },
  { title: 'parameters', align: 'right', cell: ({ parameterCount }) => formatCount(parameterCount) },
  {
    title: 'MAC/s',
    align: 'right',
    cell: ({ macsPerAudioSecond: macs }) => (macs === null ? '-' : formatCount(macs))
  },
  { title: 'break-even rank', align: 'right', cell: ({ breakEvenRank }) => String(breakEvenRank) },
  {
    title: 'shared by',
    align: 'right',
    cell: ({ weightUses }) => (weightUses > 1 ? String(weightUses) : '')
  },
  { title: 'op', align: 'left', cell: ({ operator }) => operator },
  { title: 'id', align: 'left', cell: ({ layerId }) => layerId }
]

export function inspectCommand(context: CommandContext): Command {
  return new Command('inspect')
    .description('Show what a model is made of: family, size, and every linear layer that can be compressed.')
    .argument('<model>', 'model folder or .onnx file')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  lathe inspect models/whisper-tiny-ctc\n  lathe inspect encoder.onnx --json'
    )
    .action(async (model: string, { json }: { json?: boolean }) => {
      const described = await context.services.describeModel(model, context.following())
      context.print(json ? JSON.stringify(described, null, 2) : formatDescription(described))
    })
}

function formatDescription(model: ModelDescription): string {
  const linear = new Set(model.layers.map(({ layerId }) => layerId)).size
  const linearParameters = model.layers.reduce(
    (sum, { parameterCount, weightUses }) => sum + parameterCount / weightUses,
    0
  )
  const facts: [string, string][] = [
    ['model', model.path],
    ['family', model.family ?? `not recognised: ${model.familyRefusal ?? 'unknown reason'}`],
    ...(model.inputKind === undefined
      ? []
      : ([['input', `${model.inputKind}, ${model.sampleRateHz ?? '?'} Hz`]] satisfies [string, string][])),
    ['size', `${formatBytes(model.sizeBytes)}, ${formatCount(model.parameterCount)} parameters`],
    [
      'operations',
      model.macsPerAudioSecond === null
        ? 'not counted'
        : `${formatCount(model.macsPerAudioSecond)} multiply-accumulates per second of audio (at ${model.macsReferenceSeconds} s)`
    ],
    [
      'graph',
      `${model.nodeCount} nodes, opset ${model.opset}, IR ${model.irVersion}, ${model.producer || 'unknown producer'}`
    ],
    ['linear', `${linear} layers, ${formatCount(linearParameters)} parameters`],
    ['hash', model.modelHash]
  ]
  const head = facts.map(([name, value]) => `${name.padEnd(10)} ${value}`).join('\n')
  const table =
    model.layers.length === 0 ? 'No linear layers were found.' : formatTable(model.layers, layerColumns)
  return `${head}\n\n${table}`
}
