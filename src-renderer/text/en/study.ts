/** Text of the study view. */
export const study = {}
