import type { TrialReport } from '@contract/trial'
import { tradeOff as english } from '../text/en/trade-off'

/** What a tier costs: the quantities that can stand on the horizontal axis. */
export const costNames = ['size', 'parameters', 'macs', 'latency', 'speed', 'memory'] as const
export type CostName = (typeof costNames)[number]

/** A quantity of a trial as an axis. */
export interface CostAxis {
  /** Short, for a choice; English. */
  readonly label: string
  /** With its unit, for the axis; English. */
  readonly title: string
  /** Whether more of it is better; the axis then runs from right to left. */
  readonly isMoreBetter?: boolean
  /** The quantity in the unit of the title; undefined when it was not measured. */
  read(trial: TrialReport): number | undefined
}

const words = english.chart.costs

export const costAxes: Readonly<Record<CostName, CostAxis>> = {
  size: { ...words.size, read: ({ sizeBytes }) => sizeBytes && sizeBytes / 1e6 },
  parameters: { ...words.parameters, read: ({ parameterCount }) => parameterCount && parameterCount / 1e6 },
  macs: {
    ...words.macs,
    read: ({ macsPerAudioSecond }) =>
      typeof macsPerAudioSecond === 'number' ? macsPerAudioSecond / 1e6 : undefined
  },
  latency: { ...words.latency, read: ({ latencyMilliseconds }) => latencyMilliseconds?.p50 },
  speed: {
    ...words.speed,
    isMoreBetter: true,
    read: ({ realTimeFactor }) => realTimeFactor && 1 / realTimeFactor
  },
  memory: { ...words.memory, read: ({ peakResidentBytes }) => peakResidentBytes && peakResidentBytes / 1e6 }
}
