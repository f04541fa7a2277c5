import type { TrialReport } from '@contract/trial'

/** What a tier costs: the quantities that can stand on the horizontal axis. */
export const costNames = ['size', 'parameters', 'macs', 'latency', 'real-time-factor'] as const
export type CostName = (typeof costNames)[number]

/** A quantity of a trial as an axis. Less is better on all of them. */
export interface CostAxis {
  /** Short, for a choice. */
  readonly label: string
  /** With its unit, for the axis. */
  readonly title: string
  /** The quantity in the unit of the title; undefined when it was not measured. */
  read(trial: TrialReport): number | undefined
}

export const costAxes: Readonly<Record<CostName, CostAxis>> = {
  size: {
    label: 'Size',
    title: 'Size of the model (MB)',
    read: ({ sizeBytes }) => sizeBytes && sizeBytes / 1e6
  },
  parameters: {
    label: 'Parameters',
    title: 'Parameters (millions)',
    read: ({ parameterCount }) => parameterCount && parameterCount / 1e6
  },
  macs: {
    label: 'MACs',
    title: 'Multiply-accumulates per second of audio (millions)',
    read: ({ macsPerAudioSecond }) =>
      typeof macsPerAudioSecond === 'number' ? macsPerAudioSecond / 1e6 : undefined
  },
  latency: {
    label: 'Latency',
    title: 'Median latency per utterance (ms)',
    read: ({ latencyMilliseconds }) => latencyMilliseconds?.p50
  },
  'real-time-factor': {
    label: 'Real-time factor',
    title: 'Real-time factor (processing ÷ audio seconds)',
    read: ({ realTimeFactor }) => realTimeFactor
  }
}
