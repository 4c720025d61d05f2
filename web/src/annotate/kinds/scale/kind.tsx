// One of several points in order.
import { Chips, Classes } from "../classes";
import type { Kind } from "../kind";

export const kind: Kind<string | null> = {
  Editor: ({ value, onChange, ...rest }) => (
    <Classes
      {...rest}
      inRow={rest.question.classes.length <= 11}
      chosen={value === null ? [] : [value]}
      onToggle={onChange}
    />
  ),
  View: ({ question, value }) => <Chips question={question} ids={value === null ? [] : [value]} />,
  empty: () => null,
  problem: (value) => (value === null ? { says: "problem.choose" } : null),
};
