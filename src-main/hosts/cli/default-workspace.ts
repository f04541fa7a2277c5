/** Where studies, models and caches are kept unless `--workspace` says otherwise: beside the user's work. */
export const defaultWorkspace = 'lathe-workspace'
