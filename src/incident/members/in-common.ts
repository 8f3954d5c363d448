type Labels = Readonly<Record<string, string>>;

/** The labels that both have. A warning that turns critical is no longer silenced as a warning. */
export function inCommon(labels: Labels, others: Labels = {}): Labels {
  const same = Object.entries(labels).filter(
    ([name, value]) => Object.hasOwn(others, name) && others[name] === value,
  );
  return Object.fromEntries(same);
}
