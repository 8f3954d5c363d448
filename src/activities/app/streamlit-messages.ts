import protobuf from 'protobufjs';

/**
 * The part of Streamlit's messages that a page run needs, with the field numbers of its public .proto
 * files. They are the same from 1.28 (2023) to 1.67 (2026); fields that are not listed here are skipped.
 */
const { root } = protobuf.parse(
  `
  syntax = "proto3";

  message BackMsg { oneof type { bool clear_cache = 5; ClientState rerun_script = 11; } }
  message ClientState { string query_string = 1; }

  message ForwardMsg {
    Metadata metadata = 2;
    oneof type {
      NewSession new_session = 4;
      Delta delta = 5;
      ScriptFinished script_finished = 6;
      SessionEvent session_event = 10;
    }
    enum ScriptFinished {
      SUCCESSFULLY = 0;
      WITH_COMPILE_ERROR = 1;
      EARLY_FOR_RERUN = 2;
      FRAGMENT_RUN_SUCCESSFULLY = 3;
    }
  }
  message Metadata { repeated uint32 delta_path = 2; }
  message NewSession { string name = 3; }
  message SessionEvent { Exception script_compilation_exception = 3; }
  message Delta { Element new_element = 3; }
  message Element { oneof type { Exception exception = 8; Alert alert = 30; } }
  message Alert { string body = 1; int32 format = 2; }
  message Exception { string type = 1; string message = 2; bool is_warning = 5; }
`,
  { keepCase: true },
);

const forward = root.lookupType('ForwardMsg');
const back = root.lookupType('BackMsg');

export interface PageException {
  readonly type?: string;
  readonly message?: string;
  /** A deprecation, for instance: the page goes on. */
  readonly is_warning?: boolean;
}

export interface ForwardMessage {
  readonly metadata?: { readonly delta_path?: number[] };
  readonly new_session?: object;
  readonly delta?: {
    readonly new_element?: {
      readonly exception?: PageException;
      readonly alert?: { readonly body?: string; readonly format?: number };
    };
  };
  readonly script_finished?: string;
  readonly session_event?: { readonly script_compilation_exception?: PageException };
}

/** What the browser says when it opens the page. */
export function rerunScript(): Uint8Array {
  return back.encode({ rerun_script: {} }).finish();
}

/** What the browser says for "Clear cache" of its menu: the caches are those of all who use the application. */
export function clearCache(): Uint8Array {
  return back.encode({ clear_cache: true }).finish();
}

export function readForwardMessage(bytes: Uint8Array): ForwardMessage {
  return forward.toObject(forward.decode(bytes), { enums: String });
}
