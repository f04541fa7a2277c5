/** Text of the chooser of files and folders. */
export const files = {
  places: 'Places',
  location: 'Location',
  filter: 'Filter by name',
  entries: 'Files and folders',
  hidden: 'Show hidden',
  up: 'Up to the parent folder',
  loading: 'Reading the folder…',
  emptyFolder: 'This folder is empty.',
  noMatch: (filter: string) => `Nothing here has “${filter}” in its name.`,
  otherKinds: (count: number, extensions: string) =>
    count === 1
      ? `1 file that is not ${extensions} is not listed.`
      : `${count} files that are not ${extensions} are not listed.`,
  cut: (count: number) =>
    `Only the first ${count} names are listed: this folder holds more. Choose the folder above, or open Lathe with a deeper --root.`,
  keys: '↑ ↓ move · Enter opens · Backspace goes up · Ctrl+Enter chooses · type to filter',
  chosen: 'Will be chosen',
  nothingChosen: 'Nothing chosen yet',
  choose: 'Choose',
  chooseFolder: 'Choose this folder',
  cancel: 'Cancel',
  retry: 'Try again',
  undo: 'Undo',
  dismiss: 'Dismiss',
  copy: 'Copy path',
  copied: 'Copied',
  close: 'Close'
}
