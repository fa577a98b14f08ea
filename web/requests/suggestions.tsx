interface SuggestionsProps {
  suggestions: readonly string[];
  onSuggestion: (text: string) => void;
}

/** Sentences that would be understood; choosing one puts it into the ask box for editing. */
export function Suggestions({ suggestions, onSuggestion }: SuggestionsProps) {
  if (suggestions.length === 0) return null;
  return (
    <ul class="suggestions" aria-label="Suggestions">
      {suggestions.map((text) => (
        <li key={text}>
          <button type="button" onClick={() => onSuggestion(text)}>
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}
