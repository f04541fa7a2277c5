import { numbers } from './numbers'

/** Text of the ablation view. */
export const ablation = {
  kinds: { 'layer-by-layer': 'One layer compressed', 'leave-one-out': 'One layer left dense' },
  explanations: {
    'layer-by-layer':
      'Each trial compresses one layer and leaves all others dense: the error that it adds is what this layer costs.',
    'leave-one-out':
      'Each trial leaves one layer dense and compresses all others: the less error it adds, the more this layer matters.'
  },
  emptyTitle: 'No layer was studied on its own',
  emptyExplanation:
    'This study holds no trials that compress exactly one layer, or all but one. Start a study with the preset “layer by layer” or “leave one out” of the study editor: it makes one trial per layer.',
  toEditor: 'Open the study editor',
  heat: {
    title: 'Change in error against the baseline',
    axis: 'Across',
    rank: 'Rank',
    role: 'Role',
    series: 'Trials',
    atRank: 'At rank',
    worst: 'the worst of each layer',
    dense: 'left dense',
    outside: 'outside the blocks',
    block: (index: number) => `block ${index}`,
    points: 'percentage points',
    better: 'fewer errors',
    worse: 'more errors',
    significant: '● the 95 % interval of the paired difference excludes zero',
    description: 'Heat map of the change in error per layer; the table has the same numbers.',
    layer: 'Layer',
    change: 'Change (95 % interval)',
    range: numbers.range,
    ofRank: (rank: number) => `rank ${rank}`,
    trial: 'Trial',
    isSignificant: 'significant'
  },
  ranking: {
    title: 'Sensitivity ranking',
    explanation: 'Layers by the error that they add, the most sensitive first.',
    place: 'Place',
    shape: 'Shape'
  },
  allocators: {
    title: 'Rank policies at equal budgets',
    explanation:
      'Who gets which rank when all may spend the same. Uniform, which every other policy has to beat, is drawn in the colour of text.',
    none: 'No two trials spend the same budget by different rank policies. Put several policies into one grid of the study editor.',
    kept: 'kept',
    keptAxis: 'kept (%)',
    description: 'Error rate against what is kept, one line per rank policy; the table has the same numbers.',
    ofModel: 'of the whole model',
    share: (unit: string) => `share of ${unit}`
  },
  ranks: {
    title: 'Rank map',
    explanation: 'The rank of every layer in one trial beside another; a full bar is a dense layer.',
    first: 'Trial',
    second: 'beside',
    layer: 'Layer',
    difference: 'Difference',
    dense: 'dense',
    notCompressed: 'not in the plan',
    none: 'Ranks can be compared once two trials with ranks are measured.',
    pinned: (name: string) => `★ ${name}`
  }
}
export type AblationWords = typeof ablation
