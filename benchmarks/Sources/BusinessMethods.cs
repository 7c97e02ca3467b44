namespace SessionAnalyzers.Benchmarks.Sources;

/// <summary>Methods of everyday code without a session: queries over lists, text, dates, mapping, validation, asynchronous calls, streams.</summary>
internal static class BusinessMethods
{
    private static readonly Func<Entity, Dice, int, string>[] Templates =
    [
        Filter, Group, Report, Import, Wait, Classify, Parse, Retry, Tree, Map, Patterns, Compress, Cache, Dates, Events, Checks, Page, Merge, Format, Lookup,
        Score, Split, Batches, Guarded, Compare, Normalize,
    ];

    public static string Next(Entity entity, Dice dice, int number) => dice.Pick(Templates)(entity, dice, number);

    private static string Condition(Dice dice, string x) => dice.Below(8) switch
    {
        0 => $"{x}.Amount > {dice.Between(10, 900)}m",
        1 => $"{x}.Quantity >= {dice.Between(1, 60)}",
        2 => $"{x}.Name.StartsWith(\"{(char)('A' + dice.Below(26))}\", StringComparison.OrdinalIgnoreCase)",
        3 => $"{x}.Tags.Contains(\"t{dice.Below(40)}\")",
        4 => $"!string.IsNullOrWhiteSpace({x}.Note)",
        5 => $"{x}.CreatedAt.Year == {dice.Between(2015, 2030)}",
        6 => $"{x}.Id % {dice.Between(2, 9)} == 0",
        _ => $"{x}.Name.Length < {dice.Between(4, 40)}",
    };

    private static string Filter(Entity e, Dice dice, int n) => $$"""
            public IReadOnlyList<{{e.Name}}> Select{{n}}(IEnumerable<{{e.Name}}> source, int limit)
            {
                var chosen = source
                    .Where(x => {{Condition(dice, "x")}})
                    .Where(x => {{Condition(dice, "x")}} || {{Condition(dice, "x")}})
                    .OrderBy{{(dice.Chance(50) ? "Descending" : "")}}(x => x.{{dice.Pick(["Amount", "Quantity", "CreatedAt", "Name"])}})
                    .ThenBy(x => x.Id)
                    .Take(limit)
                    .ToList();
                if (chosen.Count == 0)
                {
                    log.Add("nothing chosen in Select{{n}}");
                }

                return chosen;
            }
        """;

    private static string Group(Entity e, Dice dice, int n) => $$"""
            public Dictionary<string, decimal> Sum{{n}}(IReadOnlyCollection<{{e.Name}}> source)
            {
                var totals = new Dictionary<string, decimal>(StringComparer.Ordinal);
                foreach (var group in source.GroupBy(x => x.{{dice.Pick(["Name", "Status.ToString()", "CreatedAt.ToString(\"yyyy-MM\")"])}}))
                {
                    var sum = group.Sum(x => x.Amount * x.Quantity);
                    if (sum > {{dice.Between(5, 500)}}m)
                    {
                        totals[group.Key] = Math.Round(sum, {{dice.Between(0, 4)}});
                    }
                }

                return totals;
            }
        """;

    private static string Report(Entity e, Dice dice, int n) => $$"""
            public string Report{{n}}({{e.Name}} item, bool detailed)
            {
                var text = new StringBuilder();
                text.Append("{{e.Name}} ").Append(item.Id).Append(": ").AppendLine(item.Name);
                if (detailed)
                {
                    text.Append("amount ").AppendLine(item.Amount.ToString("N{{dice.Between(0, 4)}}", CultureInfo.InvariantCulture));
                    text.Append("tags ").AppendLine(string.Join(", ", item.Tags.OrderBy(t => t.Length)));
                    for (var i = 0; i < item.Quantity && i < {{dice.Between(3, 30)}}; i++)
                    {
                        text.Append('#').Append(i + {{dice.Between(1, 9)}}).Append(' ');
                    }
                }

                return text.ToString().TrimEnd();
            }
        """;

    private static string Import(Entity e, Dice dice, int n) => $$"""
            public {{e.Name}}? Import{{n}}(string line)
            {
                var parts = line.Split('{{dice.Pick([";", ",", "|"])}}');
                if (parts.Length < 4 || !int.TryParse(parts[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var id))
                {
                    log.Add($"line not understood: {line}");
                    return null;
                }

                var item = new {{e.Name}} { Id = id, Name = parts[1].Trim(), Note = parts[2].Length > {{dice.Between(0, 9)}} ? parts[2] : null };
                if (decimal.TryParse(parts[3], NumberStyles.Number, CultureInfo.InvariantCulture, out var amount))
                {
                    item.Amount = amount * {{dice.Between(1, 12)}};
                }

                return item;
            }
        """;

    private static string Wait(Entity e, Dice dice, int n) => $$"""
            public async Task<int> Process{{n}}Async(IReadOnlyList<{{e.Name}}> items, CancellationToken cancellation)
            {
                var done = 0;
                foreach (var item in items)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if ({{Condition(dice, "item")}})
                    {
                        continue;
                    }

                    await Task.Delay({{dice.Between(1, 50)}}, cancellation).ConfigureAwait(false);
                    done += await CountAsync(item, cancellation).ConfigureAwait(false);
                    log.Add($"processed {item.Id} of {items.Count}");
                }

                return done;
            }
        """;

    private static string Classify(Entity e, Dice dice, int n) => $$"""
            public string Classify{{n}}({{e.Name}} item) => item switch
            {
                { Status: {{e.Name}}Status.Closed } => "closed",
                { Amount: > {{dice.Between(500, 900)}}m, Quantity: > {{dice.Between(1, 20)}} } => "large",
                { Amount: > {{dice.Between(10, 400)}}m } when {{Condition(dice, "item")}} => "medium",
                { Tags.Count: 0 } => "plain",
                { Name: "{{e.Name}}" or "none" } => "default",
                _ => item.Note?.Substring(0, Math.Min(item.Note.Length, {{dice.Between(2, 9)}})) ?? "other",
            };
        """;

    private static string Parse(Entity e, Dice dice, int n) => $$"""
            public bool TryRead{{n}}(string text, out int number, out string rest)
            {
                number = 0;
                rest = "";
                var i = 0;
                while (i < text.Length && char.IsDigit(text[i]))
                {
                    number = checked((number * 10) + (text[i] - '0'));
                    i++;
                }

                if (i == 0 || number > {{dice.Between(1000, 90000)}})
                {
                    return false;
                }

                rest = text[i..].Trim();
                return rest.Length {{dice.Pick([">", "<", ">="])}} {{dice.Between(1, 30)}};
            }
        """;

    private static string Retry(Entity e, Dice dice, int n) => $$"""
            public async Task<{{e.Name}}?> Try{{n}}Async(Func<CancellationToken, Task<{{e.Name}}>> load, CancellationToken cancellation)
            {
                for (var attempt = 1; attempt <= {{dice.Between(2, 6)}}; attempt++)
                {
                    try
                    {
                        return await load(cancellation);
                    }
                    catch (TimeoutException problem) when (attempt < {{dice.Between(2, 6)}})
                    {
                        log.Add($"attempt {attempt}: {problem.Message}");
                        await Task.Delay(TimeSpan.FromMilliseconds({{dice.Between(5, 90)}} * attempt), cancellation);
                    }
                    catch (InvalidOperationException problem)
                    {
                        log.Add(problem.ToString());
                        throw;
                    }
                    finally
                    {
                        Interlocked.Increment(ref attempts);
                    }
                }

                return null;
            }
        """;

    private static string Tree(Entity e, Dice dice, int n) => $$"""
            public int Depth{{n}}(IReadOnlyDictionary<int, List<int>> children, int root, int level = 0)
            {
                if (level > {{dice.Between(10, 60)}} || !children.TryGetValue(root, out var below))
                {
                    return level;
                }

                var deepest = level;
                foreach (var child in below)
                {
                    deepest = Math.Max(deepest, Depth{{n}}(children, child, level + 1));
                }

                return deepest;
            }
        """;

    private static string Map(Entity e, Dice dice, int n) => $$"""
            public {{e.Name}}View Map{{n}}({{e.Name}} item)
            {
                var title = string.IsNullOrEmpty(item.Note) ? item.Name : $"{item.Name} ({item.Note})";
                return new {{e.Name}}View(item.Id, title)
                {
                    Total = item.Amount * (1 + ({{dice.Between(1, 25)}}m / 100)),
                    Labels = item.Tags.Select(t => t.ToUpperInvariant()).Distinct().ToArray(),
                    Age = (int)(DateTime.UtcNow - item.CreatedAt).TotalDays,
                };
            }
        """;

    private static string Patterns(Entity e, Dice dice, int n) => $$"""
            public decimal Rate{{n}}(object? value)
            {
                switch (value)
                {
                    case null:
                        return 0;
                    case int number when number > {{dice.Between(2, 80)}}:
                        return number / {{dice.Between(2, 9)}}m;
                    case string { Length: > {{dice.Between(2, 20)}} } text:
                        return text.Count(char.IsLetter);
                    case {{e.Name}} { Quantity: var quantity } item:
                        return quantity * item.Amount;
                    case IEnumerable<{{e.Name}}> many:
                        return many.Select(Rate{{n}}).DefaultIfEmpty().Max();
                    default:
                        log.Add(value.GetType().Name);
                        return -1;
                }
            }
        """;

    private static string Compress(Entity e, Dice dice, int n) => $$"""
            public byte[] Pack{{n}}(IEnumerable<{{e.Name}}> items)
            {
                using var memory = new MemoryStream();
                using (var writer = new StreamWriter(memory, Encoding.UTF8, {{dice.Between(256, 4096)}}, leaveOpen: true))
                {
                    foreach (var item in items)
                    {
                        writer.Write(item.Id);
                        writer.Write(';');
                        writer.WriteLine(item.Name);
                    }
                }

                return memory.ToArray();
            }
        """;

    private static string Cache(Entity e, Dice dice, int n) => $$"""
            public {{e.Name}}? Find{{n}}(int id, IEnumerable<{{e.Name}}> source)
            {
                lock (gate)
                {
                    if (known.TryGetValue(id, out var hit))
                    {
                        return hit;
                    }

                    var found = source.FirstOrDefault(x => x.Id == id && {{Condition(dice, "x")}});
                    if (found is not null && known.Count < {{dice.Between(100, 900)}})
                    {
                        known[id] = found;
                    }

                    return found;
                }
            }
        """;

    private static string Dates(Entity e, Dice dice, int n) => $$"""
            public DateTime Due{{n}}({{e.Name}} item, IReadOnlyCollection<DateTime> holidays)
            {
                var day = item.CreatedAt.Date.AddDays({{dice.Between(3, 60)}});
                while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday || holidays.Contains(day))
                {
                    day = day.AddDays(1);
                }

                return item.Status == {{e.Name}}Status.Urgent ? day.AddHours({{dice.Between(6, 18)}}) : day.AddMonths({{dice.Between(1, 3)}});
            }
        """;

    private static string Events(Entity e, Dice dice, int n) => $$"""
            public IDisposable Watch{{n}}(Action<{{e.Name}}> changed)
            {
                void Relay(object? sender, {{e.Name}} item)
                {
                    if ({{Condition(dice, "item")}})
                    {
                        changed(item);
                    }
                }

                Changed += Relay;
                return new Subscription(() => Changed -= Relay);
            }
        """;

    private static string Checks(Entity e, Dice dice, int n) => $$"""
            public IEnumerable<string> Check{{n}}({{e.Name}} item)
            {
                if (string.IsNullOrWhiteSpace(item.Name))
                {
                    yield return "{{e.Name}}: the name is missing";
                }

                if (item.Amount < {{dice.Between(-50, 0)}})
                {
                    yield return $"{{e.Name}} {item.Id}: amount {item.Amount} is too small";
                }

                foreach (var tag in item.Tags)
                {
                    if (tag.Length > {{dice.Between(8, 40)}})
                    {
                        yield return $"tag {tag} is too long";
                    }
                }
            }
        """;

    private static string Page(Entity e, Dice dice, int n) => $$"""
            public (IReadOnlyList<{{e.Name}}> Items, int Pages) Page{{n}}(IReadOnlyList<{{e.Name}}> all, int page, int size = {{dice.Between(5, 50)}})
            {
                ArgumentOutOfRangeException.ThrowIfNegative(page);
                var pages = (all.Count + size - 1) / size;
                var start = Math.Min(page * size, all.Count);
                var items = new List<{{e.Name}}>(size);
                for (var i = start; i < all.Count && items.Count < size; i++)
                {
                    items.Add(all[i]);
                }

                return (items, pages);
            }
        """;

    private static string Merge(Entity e, Dice dice, int n) => $$"""
            public {{e.Name}} Merge{{n}}({{e.Name}} left, {{e.Name}} right)
            {
                var merged = new {{e.Name}}
                {
                    Id = left.Id == 0 ? right.Id : left.Id,
                    Name = left.Name.Length >= right.Name.Length ? left.Name : right.Name,
                    Amount = Math.Max(left.Amount, right.Amount),
                    Quantity = left.Quantity + right.Quantity,
                    Note = left.Note ?? right.Note,
                };
                merged.Tags.AddRange(left.Tags.Union(right.Tags).Take({{dice.Between(2, 20)}}));
                return merged;
            }
        """;

    private static string Format(Entity e, Dice dice, int n) => $$"""
            public string Format{{n}}({{e.Name}} item, CultureInfo culture)
            {
                var width = Math.Clamp(item.Name.Length, {{dice.Between(3, 9)}}, {{dice.Between(10, 40)}});
                var name = item.Name.PadRight(width)[..width];
                return item.Quantity switch
                {
                    0 => string.Format(culture, "{0} -", name),
                    1 => string.Format(culture, "{0} {1:C}", name, item.Amount),
                    _ => string.Format(culture, "{0} {1} x {2:C}", name, item.Quantity, item.Amount / item.Quantity),
                };
            }
        """;

    private static string Lookup(Entity e, Dice dice, int n) => $$"""
            public IEnumerable<(string Name, int Count)> Index{{n}}(IEnumerable<{{e.Name}}> items, IEnumerable<{{e.Name}}View> views)
            {
                var byId = views.ToLookup(v => v.Id);
                return from item in items
                       where {{Condition(dice, "item")}}
                       let count = byId[item.Id].Count(v => v.Total > {{dice.Between(1, 99)}})
                       orderby count descending, item.Name
                       select (item.Name, count);
            }
        """;

    private static string Score(Entity e, Dice dice, int n) => $$"""
            public double Score{{n}}(IReadOnlyList<{{e.Name}}> items)
            {
                if (items.Count < 2)
                {
                    return 0;
                }

                var mean = items.Average(x => (double)x.Amount);
                var variance = 0.0;
                for (var i = 0; i < items.Count; i++)
                {
                    var distance = (double)items[i].Amount - mean;
                    variance += distance * distance * ({{Condition(dice, "items[i]")}} ? {{dice.Between(1, 4)}} : 1);
                }

                return Math.Sqrt(variance / (items.Count - 1)) / Math.Max(mean, {{dice.Between(1, 9)}});
            }
        """;

    private static string Split(Entity e, Dice dice, int n) => $$"""
            public Dictionary<bool, List<{{e.Name}}>> Split{{n}}(IEnumerable<{{e.Name}}> items)
            {
                var result = new Dictionary<bool, List<{{e.Name}}>> { [true] = [], [false] = [] };
                foreach (var item in items)
                {
                    var first = {{Condition(dice, "item")}} && item.Status != {{e.Name}}Status.Closed;
                    result[first].Add(item);
                    if (first && result[true].Count >= {{dice.Between(10, 300)}})
                    {
                        break;
                    }
                }

                return result;
            }
        """;

    private static string Batches(Entity e, Dice dice, int n) => $$"""
            public async IAsyncEnumerable<IReadOnlyList<{{e.Name}}>> Batch{{n}}Async(IAsyncEnumerable<{{e.Name}}> source, [EnumeratorCancellation] CancellationToken cancellation = default)
            {
                var batch = new List<{{e.Name}}>();
                await foreach (var item in source.WithCancellation(cancellation))
                {
                    batch.Add(item);
                    if (batch.Count == {{dice.Between(10, 200)}})
                    {
                        yield return batch.ToArray();
                        batch.Clear();
                    }
                }

                if (batch.Count > 0)
                {
                    yield return batch;
                }
            }
        """;

    private static string Guarded(Entity e, Dice dice, int n) => $$"""
            public async Task Apply{{n}}Async(IEnumerable<{{e.Name}}> items, Func<{{e.Name}}, Task> action)
            {
                ArgumentNullException.ThrowIfNull(items);
                using var slots = new SemaphoreSlim({{dice.Between(1, 16)}});
                var running = items.Select(async item =>
                {
                    await slots.WaitAsync();
                    try
                    {
                        await action(item);
                    }
                    finally
                    {
                        slots.Release();
                    }
                });
                await Task.WhenAll(running);
            }
        """;

    private static string Compare(Entity e, Dice dice, int n) => $$"""
            public IReadOnlyList<string> Differences{{n}}({{e.Name}} before, {{e.Name}} after)
            {
                var changes = new List<string>();
                if (before.Name != after.Name)
                {
                    changes.Add($"name: {before.Name} -> {after.Name}");
                }

                if (Math.Abs(before.Amount - after.Amount) > {{dice.Between(1, 9)}}m / 100)
                {
                    changes.Add($"amount: {before.Amount} -> {after.Amount}");
                }

                if (!before.Tags.SequenceEqual(after.Tags))
                {
                    changes.Add("tags: " + string.Join(' ', after.Tags.Except(before.Tags)));
                }

                log.AddRange(changes);
                return changes;
            }
        """;

    private static string Normalize(Entity e, Dice dice, int n) => $$"""
            public string Normalize{{n}}(string? text)
            {
                if (text is null)
                {
                    return string.Empty;
                }

                Span<char> buffer = stackalloc char[{{dice.Between(32, 128)}}];
                var length = 0;
                foreach (var c in text)
                {
                    if (length == buffer.Length)
                    {
                        break;
                    }

                    if (char.IsLetterOrDigit(c) || c == '{{dice.Pick(["-", "_", "."])}}')
                    {
                        buffer[length++] = char.ToLowerInvariant(c);
                    }
                }

                return new string(buffer[..length]);
            }
        """;
}
