/** What the server says to a client beyond the Language Server Protocol. A client imports this file and nothing else of the server. */

/** The section of the editor's settings that is asked for, per resource. */
export const settingsSection = 'holdfast';

/** `source` of every diagnostic. */
export const diagnosticSource = 'holdfast';

/** `initialize` → `initializationOptions`. Everything may be left out. */
export interface InitializationOptions {
  /** Whether the workspace is trusted; taken as true when nothing is said. Without trust no request leaves the machine. */
  readonly trusted?: boolean;
  /** The client has the command `holdfast.suppress`, which asks for place and reason and sends `holdfast/suppress`. */
  readonly promptForReason?: boolean;
  /** The client has the command `holdfast.previewFix`, which has a fix that changes behaviour planned, shows it and makes it once the user agrees. */
  readonly previewsFixes?: boolean;
  /** The client answers `holdfast/confirmPins`. For any other the edit asks to be confirmed, where the client can do that. */
  readonly confirmsPins?: boolean;
  /**
   * Something else in the client checks, completes and explains `.holdfast.yaml` by its JSON Schema (`schemas/holdfast.schema.json`). The server
   * then says only what a schema cannot.
   */
  readonly yamlSchemaSupport?: boolean;
  /** The client runs the commands of `hoverCommands` from links in a hover, and no others. */
  readonly hoverCommands?: boolean;
}

/** The section `holdfast` of the editor's settings, as far as the server reads it. */
export interface EditorSettings {
  /** Rule id → `error`, `warning`, `information`, `hint` or `off`. */
  readonly rules?: Readonly<Record<string, string>>;
  /** Registry → how to reach it. */
  readonly registries?: Readonly<Record<string, { readonly mirror?: string; readonly insecure?: boolean }>>;
  /** Pattern of files in `.gitignore` syntax, relative to the workspace folder → id of the kind they are of. */
  readonly files?: Readonly<Record<string, string>>;
  /** Nothing is asked of any server; what was learned earlier counts. */
  readonly offline?: boolean;
  /** Images are looked up without being asked for, in a trusted workspace. */
  readonly automaticChecks?: boolean;
}

/** Notification, client → server: the workspace has been trusted, or is no longer. */
export const trustNotification = 'holdfast/trust';
export interface TrustParams {
  readonly trusted: boolean;
}

/**
 * A client that makes the connections of the server itself gives it a key in this variable: 32 bytes in base64, new with each start. What
 * may hold a secret then crosses between them sealed (AES-256-GCM), because a client can be told to log every message.
 */
export const sealKeyVariable = 'HOLDFAST_SEAL_KEY';

/** base64 of 12 bytes of nonce, the encrypted JSON, and 16 bytes of tag. */
export interface Sealed {
  readonly sealed: string;
}

/** Request, server → client: makes one request to another machine, as `Http` says. Holds a sealed `HopRequest`; answers a sealed `HopAnswer`. */
export const httpRequest = 'holdfast/http';
export interface HopRequest {
  readonly method: 'HEAD' | 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}
export type HopAnswer =
  | ({ readonly status: number; readonly headers: Readonly<Record<string, string>> } & HopPart)
  | HopFault;

/** A part of a body. */
export interface HopPart {
  /** base64. */
  readonly bytes: string;
  /** Names the body where more of it is to come. */
  readonly rest?: number;
}

/** Code of a `TransportError`. */
export interface HopFault {
  readonly fault: string;
}

/** Request, server → client: the next part of a body. Answers a sealed `HopPart` or `HopFault`. */
export const httpNextRequest = 'holdfast/http/next';
/** Notification, server → client: nobody wants the rest of a body. */
export const httpEndNotification = 'holdfast/http/end';
export interface HopRest {
  readonly rest: number;
}

/** Request, server → client: what the user signed in with at a registry. Answers a sealed `StoredSignIn`, or a sealed null. */
export const credentialRequest = 'holdfast/credential';
export interface CredentialParams {
  /** As in references: `docker.io`, `ghcr.io`. */
  readonly registry: string;
}
export interface StoredSignIn {
  readonly username: string;
  /** A password or an access token. */
  readonly password: string;
}

/** Notification, client → server: the user has signed in or out at a registry. */
export const signInNotification = 'holdfast/signIn';
export type SignInParams = CredentialParams;

/** Request, client → server: the registries that the user may want to sign in to. Answers `KnownRegistries`. */
export const registriesRequest = 'holdfast/registries';
export interface RegistriesParams {
  /** The document in front. */
  readonly uri?: string;
}
export interface KnownRegistries {
  /** Those of the document's images, in the order of the text. */
  readonly inFile: readonly string[];
  /** Those that the settings and the policy name, with their mirrors. */
  readonly inSettings: readonly string[];
  /** Those that `docker login` or `podman login` stored something for, with the file, or the variable, that names them. */
  readonly stored: readonly { readonly registry: string; readonly place: string }[];
}

/** Request, server → client: what `pinWorkspace` is about to change, for the user to decide. Answers a `PinDecision`; see `confirmsPins`. */
export const confirmPinsRequest = 'holdfast/confirmPins';
export interface ConfirmPinsParams {
  /** Those that get a digest, in the order of the files. */
  readonly images: readonly {
    /** Relative to the workspace folder. */
    readonly file: string;
    /** From 0. */
    readonly line: number;
    readonly image: string;
  }[];
  /** Those that are changed, with their whole text afterwards. */
  readonly files: readonly { readonly uri: string; readonly after: string }[];
  /** How many images could not be looked up, or not be pinned. */
  readonly failures: number;
}

/** `cancel`: nothing is changed. */
export type PinDecision = 'apply' | 'cancel';

/** Request, client → server: silence one finding; the server applies the edit. */
export const suppressRequest = 'holdfast/suppress';
export interface SuppressParams {
  readonly uri: string;
  /** `data.key` of the diagnostic. */
  readonly key: string;
  readonly reason: string;
  readonly scope?: 'line' | 'file';
}

/** A client command that a code action of the server runs, with one `SuppressTarget`; see `promptForReason`. */
export const suppressCommand = 'holdfast.suppress';
export interface SuppressTarget {
  readonly uri: string;
  readonly key: string;
  readonly rule: string;
  /** What a comment can speak about here: the user chooses. At least one. */
  readonly scopes: readonly ('line' | 'file')[];
  /** A comment is there and lacks its reason: what stands in its place, perhaps nothing. */
  readonly reason?: string;
}

/** A client command that a code action of the server runs, with one `FixTarget`; see `previewsFixes`. */
export const previewCommand = 'holdfast.previewFix';
export interface FixTarget {
  readonly uri: string;
  /** `data.key` of the diagnostic. */
  readonly key: string;
  /** Which of the finding's fixes. */
  readonly fix: string;
}

/** Commands of the server, for `workspace/executeCommand`. */
export const serverCommands = {
  /** Argument `{uri}` of an open document. Answers `PinOutcome`. */
  pinFile: 'holdfast.server.pinFile',
  /** Shows what it changes before it does, where the client can; see `confirmsPins`. Answers `PinOutcome`. */
  pinWorkspace: 'holdfast.server.pinWorkspace',
  /** Argument `{uri}` of an open document, or none for the workspace. Answers `PinCheckOutcome`. */
  checkPins: 'holdfast.server.checkPins',
  /** Answers `AuditSummary`, or null when an audit could not be made. */
  audit: 'holdfast.server.audit',
  /** Argument: `data` of a code action. For clients that cannot resolve code actions. Answers `Applied`. */
  applyFix: 'holdfast.server.applyFix',
  /** Argument: a `FixTarget`. Answers `PlannedFix`, or null when there is nothing to show; the server has told the user why. Nothing is changed. */
  planFix: 'holdfast.server.planFix',
  /**
   * Argument `{uri, name}`: an image's name without tag. Asks its registry for the tags, which completion offers from then on. Answers
   * `TagListing`; a client then asks for completions again.
   */
  listTags: 'holdfast.server.listTags',
  /** Argument `{uri, position}`: looks into the image that stands there; hovers tell what was found from then on. Answers `Looked`. */
  inspectImage: 'holdfast.server.inspectImage',
  /** Forgets what registries have told. Answers `Told`. */
  clearCache: 'holdfast.server.clearCache',
  /** Argument: a sealed `SignInRequest`. Asks the registry whether it accepts the sign-in; nothing is stored. Answers `SignInAnswer`. */
  checkSignIn: 'holdfast.server.checkSignIn',
} as const;

/** A client command that a hover of the server links to, with `{uri, position}`; see `hoverCommands`. */
export const inspectCommand = 'holdfast.inspectImage';
export const hoverCommands: readonly string[] = [inspectCommand];

export interface Told {
  /** The server has shown it to the user already. */
  readonly message: string;
}

export interface Looked {
  readonly found: boolean;
  /** The server has shown it to the user already, unless it was found and the client runs `hoverCommands`. */
  readonly message: string;
}

export interface SignInRequest extends CredentialParams, StoredSignIn {}

export interface SignInAnswer {
  /** `unknown`: the registry could not be reached, or lets in anybody, so that it could not be found out. */
  readonly verdict: 'accepted' | 'rejected' | 'unknown';
  /** What the registry said; not shown to the user yet. */
  readonly message: string;
}

/** Whether an edit reached the text. */
export interface Applied {
  readonly applied: boolean;
  /** What was done, or why nothing was. The server has shown it to the user already. */
  readonly message: string;
}

/** A fix that is ready to be made: what has to be known for it has been looked up. */
export interface PlannedFix {
  /** What it does, for a heading. Plain text, like the description. */
  readonly title: string;
  /** What runs differently afterwards, in one or a few sentences. */
  readonly description: string;
  /** Version of the document that the edits are for. */
  readonly version: number;
  /** Ranges as in the Language Server Protocol; none overlaps another. */
  readonly edits: readonly PlannedEdit[];
}

export interface PlannedEdit {
  readonly range: { readonly start: PlannedPosition; readonly end: PlannedPosition };
  readonly newText: string;
}

interface PlannedPosition {
  readonly line: number;
  readonly character: number;
}

export interface PinOutcome extends Applied {
  /** Image references that got a digest; where the client showed a preview, those that it showed. */
  readonly pinned: number;
  /** The files of these. */
  readonly files: number;
  readonly failures: readonly {
    readonly uri: string;
    /** From 0. */
    readonly line: number;
    readonly image: string;
    readonly message: string;
  }[];
}

/** What the registries said of pinned images. */
export interface PinCheckOutcome {
  /** The server has shown it to the user already. */
  readonly message: string;
  /** Pinned images that were asked about. */
  readonly checked: number;
  /** Findings that came of it. */
  readonly found: number;
  readonly failures: PinOutcome['failures'];
}

export interface TagListing {
  /** How many tags there are; null when they could not be had. The server has shown why to the user already. */
  readonly listed: number | null;
}

export interface AuditSummary {
  /** The user stopped it: the counts are of what had been read by then. */
  readonly cancelled: boolean;
  /** Files that hold a container manifest. */
  readonly files: number;
  readonly images: number;
  readonly findings: Readonly<Record<'error' | 'warning' | 'information' | 'hint', number>>;
  /** What could not be read, and why. */
  readonly skipped: readonly {
    readonly uri: string;
    /** From 0. */
    readonly line: number;
    readonly reason: string;
  }[];
  /** A report for people, in Markdown. */
  readonly report: string;
}

/** `data` of every diagnostic of the server. */
export interface DiagnosticData {
  /** Names the finding across edits elsewhere in the file. */
  readonly key: string;
}
