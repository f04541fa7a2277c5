/** The file that holds the licences. */
export declare const thirdPartyPath: string
/** What it must hold after the last build. @throws when a bundled package has no licence text. */
export declare function thirdPartyText(): string
