// Markdown without HTML: what is written as HTML is shown as it is written, images from elsewhere are not fetched.
import Markdown from "react-markdown";
import classes from "./item.module.css";

export default function Prose({ text }: { text: string }) {
  return (
    <div className={classes.prose}>
      <Markdown
        components={{
          a: ({ href, children }) => (
            <a href={href} target="_blank" rel="noopener noreferrer nofollow">
              {children}
            </a>
          ),
          img: ({ alt, src }) => <span className={classes.quiet}>[{alt || String(src)}]</span>,
          h1: ({ children }) => <h3>{children}</h3>,
          h2: ({ children }) => <h3>{children}</h3>,
          h4: ({ children }) => <h3>{children}</h3>,
          h5: ({ children }) => <h3>{children}</h3>,
          h6: ({ children }) => <h3>{children}</h3>,
        }}
      >
        {text}
      </Markdown>
    </div>
  );
}
