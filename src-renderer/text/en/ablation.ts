/** Text of the ablation view. */
export const ablation = {}
