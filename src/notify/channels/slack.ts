import { markdownOf, type Message } from './message.ts';
import { mrkdwnOf, plain } from './mrkdwn-of.ts';
import { post } from './post.ts';

/** Slack recommends at most 4000 letters; the rest of a message is in the incident. */
const MAX_LETTERS = 3000;

/** What Slack answers when it refuses: these codes, and no others, are passed on. */
const refusals =
  /^(invalid_payload|invalid_token|no_text|no_service|no_active_hooks|no_team|team_disabled|user_not_found|channel_not_found|channel_is_archived|action_prohibited|posting_to_general_channel_denied|rollup_error)\b/;

/**
 * One message by an incoming webhook. Slack takes no keys, so that a try whose answer was lost may come twice; and it answers no
 * message's id, so that there are no threads: the subject keeps an incident's messages together. Error: `Undelivered`.
 */
export async function sendToSlack(
  url: string,
  message: Message,
  signal: AbortSignal,
): Promise<string> {
  const { subject, recipient, body, acknowledge } = message;
  const short = body.length > MAX_LETTERS ? `${body.slice(0, MAX_LETTERS)} ...` : body;
  const text = [
    `${recipient.slack.map(mentionOf).join(' ')} *${plain(subject)}*`,
    mrkdwnOf(markdownOf({ ...message, body: short })),
    ...(acknowledge ? [`<${plain(acknowledge)}|Acknowledge>`] : []),
  ].join('\n');
  const answer = {
    text,
    // Slack would open the links to show what is there.
    unfurl_links: false,
    unfurl_media: false,
  };
  const explain = (text: string) => refusals.exec(text)?.[0];
  return post({ url, body: JSON.stringify(answer), explain }, signal);
}

/** Ids are mentioned, as are @here and @channel; anything else is only written, because Slack knows no names. */
function mentionOf(slack: string): string {
  if (/^[UW][A-Z0-9]{6,}$/.test(slack)) return `<@${slack}>`;
  if (/^S[A-Z0-9]{6,}$/.test(slack)) return `<!subteam^${slack}>`;
  if (/^C[A-Z0-9]{6,}$/.test(slack)) return `<#${slack}>`;
  if (/^@(here|channel|everyone)$/.test(slack)) return `<!${slack.slice(1)}>`;
  return plain(slack);
}
