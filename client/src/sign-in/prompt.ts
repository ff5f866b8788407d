import { CancellationTokenSource, type InputBox, QuickInputButtons, window } from 'vscode';
import type { CancellationToken } from 'vscode-languageclient';

/** The user wants to change what was answered before. */
export const back = Symbol('back');

export interface Question {
  readonly title: string;
  readonly step: number;
  readonly totalSteps: number;
  readonly prompt: string;
  readonly value?: string;
  readonly password?: boolean;
  /** Why an answer will not do; undefined for one that may. */
  validate(answer: string): string | undefined;
  /** Takes an answer, which may take long. Answers why it will not do after all; the input then stays for another. */
  accept?(answer: string, token: CancellationToken): Promise<string | undefined>;
}

/** Asks for a line of text. Undefined when the user thought better of it. */
export function ask(question: Question): Promise<string | typeof back | undefined> {
  const box = window.createInputBox();
  box.title = question.title;
  box.step = question.step;
  box.totalSteps = question.totalSteps;
  box.prompt = question.prompt;
  box.value = question.value ?? '';
  box.password = question.password === true;
  box.ignoreFocusOut = true;
  box.buttons = question.step > 1 ? [QuickInputButtons.Back] : [];
  return new Promise((resolve) => {
    const cancelled = new CancellationTokenSource();
    const settle = (answer: string | typeof back | undefined): void => {
      resolve(answer);
      box.hide();
    };
    box.onDidTriggerButton(() => settle(back));
    box.onDidChangeValue(() => {
      box.validationMessage = undefined;
    });
    box.onDidAccept(async () => {
      const answer = box.value;
      const fault = question.validate(answer) ?? (await accepted(box, question, answer, cancelled.token));
      if (fault === undefined) settle(answer);
      else box.validationMessage = fault;
    });
    box.onDidHide(() => {
      cancelled.cancel();
      settle(undefined);
      box.dispose();
    });
    box.show();
  });
}

/** Shows that it takes a while. */
async function accepted(
  box: InputBox,
  { accept }: Question,
  answer: string,
  token: CancellationToken,
): Promise<string | undefined> {
  if (!accept) return undefined;
  box.busy = true;
  box.enabled = false;
  try {
    return await accept(answer, token);
  } finally {
    box.busy = false;
    box.enabled = true;
  }
}
