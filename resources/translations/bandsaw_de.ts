<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name></name>
    <message numerus="yes">
        <source>%n channels</source>
        <translation>
            <numerusform>%n Kanal</numerusform>
            <numerusform>%n Kanäle</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n drop-outs</source>
        <translation>
            <numerusform>%n Aussetzer</numerusform>
            <numerusform>%n Aussetzer</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files were written.</source>
        <translation>
            <numerusform>Eine Datei wurde geschrieben.</numerusform>
            <numerusform>%n Dateien wurden geschrieben.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files, about {size}</source>
        <translation>
            <numerusform>Eine Datei, etwa {size}</numerusform>
            <numerusform>%n Dateien, etwa {size}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n items cannot be split.</source>
        <translation>
            <numerusform>Ein Element lässt sich nicht trennen.</numerusform>
            <numerusform>%n Elemente lassen sich nicht trennen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of these files are in “{folder}” already. What shall happen to them?</source>
        <translation>
            <numerusform>Eine dieser Dateien ist schon in „{folder}“. Was soll mit ihr geschehen?</numerusform>
            <numerusform>%n dieser Dateien sind schon in „{folder}“. Was soll mit ihnen geschehen?</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n songs, {size} of</source>
        <translation>
            <numerusform>Ein Song, {size} von</numerusform>
            <numerusform>%n Songs, {size} von</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n trials</source>
        <translation>
            <numerusform>%n Durchgang</numerusform>
            <numerusform>%n Durchgänge</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n were there already and stayed.</source>
        <translation>
            <numerusform>Eine war schon da und blieb.</numerusform>
            <numerusform>%n waren schon da und blieben.</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;About Bandsaw</source>
        <translation>Ü&amp;ber Bandsaw</translation>
    </message>
    <message>
        <source>&amp;Add songs…</source>
        <translation>Songs &amp;hinzufügen…</translation>
    </message>
    <message>
        <source>&amp;As the system</source>
        <translation>Wie das &amp;System</translation>
    </message>
    <message>
        <source>&amp;Bar begins here</source>
        <translation>&amp;Takt beginnt hier</translation>
    </message>
    <message>
        <source>&amp;Begins here</source>
        <translation>B&amp;eginnt hier</translation>
    </message>
    <message>
        <source>&amp;Brightest level</source>
        <translation>&amp;Hellster Pegel</translation>
    </message>
    <message>
        <source>&amp;Clear the lane&apos;s comp</source>
        <translation>Comp der Spur lös&amp;chen</translation>
    </message>
    <message>
        <source>&amp;Clear this list</source>
        <translation>&amp;Liste leeren</translation>
    </message>
    <message>
        <source>&amp;Click along</source>
        <translation>Mit &amp;Klick</translation>
    </message>
    <message>
        <source>&amp;Compare</source>
        <translation>&amp;Vergleichen</translation>
    </message>
    <message>
        <source>&amp;Compare A and B</source>
        <translation>A und B &amp;vergleichen</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>&amp;Darkest level</source>
        <translation>&amp;Dunkelster Pegel</translation>
    </message>
    <message>
        <source>&amp;Device and memory…</source>
        <translation>&amp;Gerät und Speicher…</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;Export stems…</source>
        <translation>Stems &amp;exportieren…</translation>
    </message>
    <message>
        <source>&amp;FLAC, smaller</source>
        <translation>&amp;FLAC, kleiner</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Forget the loop</source>
        <translation>Loop lös&amp;chen</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>&amp;Format</translation>
    </message>
    <message>
        <source>&amp;Frequency axis</source>
        <translation>&amp;Frequenzachse</translation>
    </message>
    <message>
        <source>&amp;Half as many beats</source>
        <translation>&amp;Halb so viele Schläge</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;If files exist</source>
        <translation>&amp;Vorhandene Dateien</translation>
    </message>
    <message>
        <source>&amp;Keys and mouse…</source>
        <translation>&amp;Tasten und Maus…</translation>
    </message>
    <message>
        <source>&amp;Lanes</source>
        <translation>&amp;Spuren</translation>
    </message>
    <message>
        <source>&amp;Let it sound again here</source>
        <translation>Hier wieder &amp;klingen lassen</translation>
    </message>
    <message>
        <source>&amp;Library of split songs…</source>
        <translation>Bib&amp;liothek getrennter Songs…</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Loop on or off</source>
        <translation>&amp;Loop an oder aus</translation>
    </message>
    <message>
        <source>&amp;Louder by 1 dB</source>
        <translation>1 dB &amp;lauter</translation>
    </message>
    <message>
        <source>&amp;Mute focused lane</source>
        <translation>Gewählte Spur &amp;stumm</translation>
    </message>
    <message>
        <source>&amp;Names</source>
        <translation>&amp;Namen</translation>
    </message>
    <message>
        <source>&amp;Next song</source>
        <translation>&amp;Nächster Song</translation>
    </message>
    <message>
        <source>&amp;Normal speed and pitch</source>
        <translation>&amp;Normales Tempo, normale Tonhöhe</translation>
    </message>
    <message>
        <source>&amp;Off</source>
        <translation>&amp;Aus</translation>
    </message>
    <message>
        <source>&amp;Page by page</source>
        <translation>&amp;Seitenweise</translation>
    </message>
    <message>
        <source>&amp;Pause splitting</source>
        <translation>Trennung &amp;pausieren</translation>
    </message>
    <message>
        <source>&amp;Picture options…</source>
        <translation>&amp;Bildoptionen…</translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation>&amp;Wiedergabe</translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation>&amp;Abspielen oder anhalten</translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation>&amp;Einstellungen…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>&amp;Remove song from the list</source>
        <translation>Song aus der Liste ent&amp;fernen</translation>
    </message>
    <message>
        <source>&amp;Remove this range ({side} here)</source>
        <translation>Diesen Bereich &amp;entfernen (hier {side})</translation>
    </message>
    <message>
        <source>&amp;Sides</source>
        <translation>&amp;Seiten</translation>
    </message>
    <message>
        <source>&amp;Softer by 1 dB</source>
        <translation>1 dB l&amp;eiser</translation>
    </message>
    <message>
        <source>&amp;Split</source>
        <translation>&amp;Trennen</translation>
    </message>
    <message>
        <source>&amp;Split with another model</source>
        <translation>&amp;Mit anderem Modell trennen</translation>
    </message>
    <message>
        <source>&amp;Stop splitting</source>
        <translation>Trennung &amp;stoppen</translation>
    </message>
    <message>
        <source>&amp;Tap the tempo</source>
        <translation>Tempo ta&amp;ppen</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>Farbs&amp;chema</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;WAV, at once</source>
        <translation>&amp;WAV, sofort</translation>
    </message>
    <message>
        <source>1 bar</source>
        <translation>1 Takt</translation>
    </message>
    <message>
        <source>2 bars</source>
        <translation>2 Takte</translation>
    </message>
    <message numerus="yes">
        <source>; %n of them there already</source>
        <translation>
            <numerusform>; %n davon schon da</numerusform>
            <numerusform>; %n davon schon da</numerusform>
        </translation>
    </message>
    <message>
        <source>= song {level}</source>
        <translation>= Song {level}</translation>
    </message>
    <message>
        <source>A .rpp file with every stem on a coloured track; for WAV and FLAC</source>
        <translation>Eine .rpp-Datei mit jedem Stem auf einer farbigen Spur; für WAV und FLAC</translation>
    </message>
    <message>
        <source>A REAPER project needs WAV or FLAC files.</source>
        <translation>Ein REAPER-Projekt braucht WAV- oder FLAC-Dateien.</translation>
    </message>
    <message>
        <source>A and B</source>
        <translation>A und B</translation>
    </message>
    <message>
        <source>A and B s&amp;ide by side</source>
        <translation>A und B &amp;nebeneinander</translation>
    </message>
    <message>
        <source>A brace has no partner: write {{{{ or }}}} for a brace in the name.</source>
        <translation>Eine Klammer hat kein Gegenstück: für eine Klammer im Namen {{{{ oder }}}} schreiben.</translation>
    </message>
    <message>
        <source>A click opens the export (Ctrl+Shift+E)</source>
        <translation>Ein Klick öffnet den Export (Strg+Umschalt+E)</translation>
    </message>
    <message>
        <source>A difference was not shown</source>
        <translation>Ein Unterschied ist nicht belegt</translation>
    </message>
    <message>
        <source>A field is only its name in braces, such as {{title}}.</source>
        <translation>Ein Feld ist nur sein Name in Klammern, etwa {{title}}.</translation>
    </message>
    <message>
        <source>A is {first}, B is {second}, both equally loud. X is one of them, drawn anew for every trial. Listen as often as you like, then say which one X is. How you did is told at the end.</source>
        <translation>A ist {first}, B ist {second}, beide gleich laut. X ist eins davon, für jeden Durchgang neu ausgelost. Beliebig oft anhören, dann angeben, welches X ist. Das Ergebnis kommt am Ende.</translation>
    </message>
    <message>
        <source>A song that failed or was stopped</source>
        <translation>Ein Song, der fehlschlug oder gestoppt wurde</translation>
    </message>
    <message>
        <source>A song that was split stays here, and opens at once when it is added again with the same model.</source>
        <translation>Ein getrennter Song bleibt hier und öffnet sich sofort, wenn er mit demselben Modell wieder hinzugefügt wird.</translation>
    </message>
    <message>
        <source>A stage, another model, or another quality of this song</source>
        <translation>Eine Stufe, ein anderes Modell oder eine andere Qualität dieses Songs</translation>
    </message>
    <message>
        <source>A stem file holds the song and exactly {count} stems, and nothing else.</source>
        <translation>Eine Stem-Datei enthält den Song und genau {count} Stems, sonst nichts.</translation>
    </message>
    <message>
        <source>A, B and X switch at the same moment of the music. Space pauses; 1 and 2 answer, once you have heard X.</source>
        <translation>A, B und X wechseln an derselben Stelle der Musik. Die Leertaste hält an; 1 und 2 antworten, sobald X zu hören war.</translation>
    </message>
    <message>
        <source>A, B and their &amp;difference, stacked</source>
        <translation>A, B und ihre &amp;Differenz, gestapelt</translation>
    </message>
    <message>
        <source>ADDED</source>
        <translation>HINZUGEFÜGT</translation>
    </message>
    <message>
        <source>About Bandsaw</source>
        <translation>Über Bandsaw</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add a &amp;folder…</source>
        <translation>&amp;Ordner hinzufügen…</translation>
    </message>
    <message>
        <source>Add a checkpoint</source>
        <translation>Checkpoint hinzufügen</translation>
    </message>
    <message>
        <source>Add a checkpoint…</source>
        <translation>Checkpoint hinzufügen…</translation>
    </message>
    <message>
        <source>Add a trained network from a file</source>
        <translation>Ein trainiertes Netz aus einer Datei hinzufügen</translation>
    </message>
    <message>
        <source>Add all songs of a folder</source>
        <translation>Alle Songs eines Ordners hinzufügen</translation>
    </message>
    <message>
        <source>Add songs</source>
        <translation>Songs hinzufügen</translation>
    </message>
    <message>
        <source>Add songs (Ctrl+O)</source>
        <translation>Songs hinzufügen (Strg+O)</translation>
    </message>
    <message>
        <source>Add songs…</source>
        <translation>Songs hinzufügen…</translation>
    </message>
    <message>
        <source>Add the model with these names (Enter)</source>
        <translation>Das Modell mit diesen Namen hinzufügen (Eingabe)</translation>
    </message>
    <message>
        <source>Add this model from the file that you got by hand</source>
        <translation>Dieses Modell aus der selbst geholten Datei hinzufügen</translation>
    </message>
    <message>
        <source>Again: sound there</source>
        <translation>Noch einmal: dort wieder klingen lassen</translation>
    </message>
    <message>
        <source>All faders are at 0 dB: stems and residual add up to the song</source>
        <translation>Alle Fader stehen auf 0 dB: Stems und Residuum ergeben zusammen den Song</translation>
    </message>
    <message>
        <source>All faders, pans, mutes and solos, and what sounds</source>
        <translation>Alle Fader, Pan, Stumm und Solo, und was klingt</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>All files were there already; nothing was written.</source>
        <translation>Alle Dateien waren schon da; nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>All files were turned down together by {amount:.2f} dB so that none of them clips.</source>
        <translation>Alle Dateien wurden gemeinsam um {amount:.2f} dB leiser gemacht, damit keine übersteuert.</translation>
    </message>
    <message>
        <source>All models: add one from a file, download or remove one</source>
        <translation>Alle Modelle: eines aus einer Datei hinzufügen, herunterladen oder entfernen</translation>
    </message>
    <message>
        <source>All stems</source>
        <translation>Alle Stems</translation>
    </message>
    <message>
        <source>Along the playing song, taps also set the beats</source>
        <translation>Zum laufenden Song getippt, setzt es auch die Schläge</translation>
    </message>
    <message>
        <source>Also</source>
        <translation>Außerdem</translation>
    </message>
    <message>
        <source>Also export the song without {stem}</source>
        <translation>Auch den Song ohne {stem} exportieren</translation>
    </message>
    <message>
        <source>Also write a REAPER project</source>
        <translation>Auch ein REAPER-Projekt schreiben</translation>
    </message>
    <message>
        <source>Alt</source>
        <translation>Alt</translation>
    </message>
    <message>
        <source>An unexpected error stopped the work; your song is unchanged.</source>
        <translation>Ein unerwarteter Fehler hat die Arbeit abgebrochen; der Song ist unverändert.</translation>
    </message>
    <message>
        <source>Another language is used when Bandsaw is started the next time</source>
        <translation>Eine andere Sprache gilt ab dem nächsten Start von Bandsaw</translation>
    </message>
    <message>
        <source>Another reference is still being read; try again in a moment</source>
        <translation>Eine andere Referenz wird noch gelesen; gleich noch einmal versuchen</translation>
    </message>
    <message>
        <source>Another song is being split first</source>
        <translation>Erst wird ein anderer Song getrennt</translation>
    </message>
    <message>
        <source>Answer: X is {guess} ({key})</source>
        <translation>Antwort: X ist {guess} ({key})</translation>
    </message>
    <message>
        <source>Answered trials</source>
        <translation>Beantwortete Durchgänge</translation>
    </message>
    <message>
        <source>Apple graphics</source>
        <translation>Apple-Grafik</translation>
    </message>
    <message>
        <source>Artist - Title (Stem)</source>
        <translation>Artist - Title (Stem)</translation>
    </message>
    <message>
        <source>As at first</source>
        <translation>Wie zu Beginn</translation>
    </message>
    <message>
        <source>As f&amp;ound</source>
        <translation>Wie gef&amp;unden</translation>
    </message>
    <message>
        <source>As in the &amp;export, MP3 after some seconds</source>
        <translation>Wie beim &amp;Export, MP3 nach einigen Sekunden</translation>
    </message>
    <message>
        <source>As the &amp;system</source>
        <translation>Wie das &amp;System</translation>
    </message>
    <message>
        <source>As the reference it is compared with {stem} of this song; as a song it is split into stems.</source>
        <translation>Als Referenz wird sie mit {stem} dieses Songs verglichen; als Song wird sie in Stems getrennt.</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>Höchstens</translation>
    </message>
    <message>
        <source>At the beat nearest to the playhead</source>
        <translation>Mit dem Schlag, der der Abspielposition am nächsten ist</translation>
    </message>
    <message>
        <source>Audio</source>
        <translation>Audio</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Back {time}</source>
        <translation>{time} zurück</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>Ausgewogen</translation>
    </message>
    <message>
        <source>Bandsaw does not know its address: get the file by hand, then open it here.</source>
        <translation>Bandsaw kennt seine Adresse nicht: die Datei von Hand holen und dann hier öffnen.</translation>
    </message>
    <message>
        <source>Bandsaw splits the song into its stems, on this computer. Nothing is uploaded.</source>
        <translation>Bandsaw trennt den Song auf diesem Computer in Stems. Nichts wird hochgeladen.</translation>
    </message>
    <message>
        <source>Bandsaw {version}

Splits songs into stems on your own computer.
Apache License 2.0. Built with Qt (LGPL), PyTorch and NumPy.</source>
        <translation>Bandsaw {version}

Trennt Songs in Stems, auf dem eigenen Computer.
Apache-Lizenz 2.0. Gebaut mit Qt (LGPL), PyTorch und NumPy.</translation>
    </message>
    <message>
        <source>Bandsaw&apos;s own model</source>
        <translation>Bandsaws eigenes Modell</translation>
    </message>
    <message>
        <source>Bass</source>
        <translation>Bass</translation>
    </message>
    <message>
        <source>Beats as &amp;found in the song</source>
        <translation>Schläge wie im Song ge&amp;funden</translation>
    </message>
    <message>
        <source>Beats per ba&amp;r</source>
        <translation>Sch&amp;läge pro Takt</translation>
    </message>
    <message>
        <source>Beats per bar</source>
        <translation>Schläge pro Takt</translation>
    </message>
    <message>
        <source>Beats per minute; a number that is typed makes the beats even</source>
        <translation>Schläge pro Minute; eine eingegebene Zahl macht sie gleichmäßig</translation>
    </message>
    <message>
        <source>Best (slowest)</source>
        <translation>Beste (am langsamsten)</translation>
    </message>
    <message>
        <source>Blind &amp;test (ABX)…</source>
        <translation>Bli&amp;ndtest (ABX)…</translation>
    </message>
    <message>
        <source>Blind test</source>
        <translation>Blindtest</translation>
    </message>
    <message>
        <source>Blind test, {subject}</source>
        <translation>Blindtest, {subject}</translation>
    </message>
    <message>
        <source>Both, to compare them</source>
        <translation>Beide, zum Vergleichen</translation>
    </message>
    <message>
        <source>Can you hear the difference?</source>
        <translation>Ist der Unterschied zu hören?</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Change model and quality in the preferences</source>
        <translation>Modell und Qualität in den Einstellungen ändern</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Ändern…</translation>
    </message>
    <message>
        <source>Check that it plays in another program, or convert it to WAV or FLAC and drop it again.</source>
        <translation>Prüfen, ob er in einem anderen Programm läuft, oder in WAV oder FLAC umwandeln und noch einmal ablegen.</translation>
    </message>
    <message>
        <source>Check the free space and the permissions of the folder, or choose another one.</source>
        <translation>Freien Platz und Rechte des Ordners prüfen oder einen anderen wählen.</translation>
    </message>
    <message>
        <source>Check the network and try again; what has come is kept where possible.</source>
        <translation>Das Netz prüfen und noch einmal versuchen; was schon da ist, bleibt wenn möglich erhalten.</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>Checkpoints</translation>
    </message>
    <message>
        <source>Choose a range in which both can be heard.</source>
        <translation>Einen Bereich wählen, in dem beide zu hören sind.</translation>
    </message>
    <message>
        <source>Choose a stem or type another name</source>
        <translation>Einen Stem wählen oder einen anderen Namen eingeben</translation>
    </message>
    <message>
        <source>Choose anew and start another test</source>
        <translation>Neu wählen und einen weiteren Test starten</translation>
    </message>
    <message>
        <source>Choose another device, or close programs that use a lot of memory.</source>
        <translation>Ein anderes Gerät wählen oder Programme schließen, die viel Speicher belegen.</translation>
    </message>
    <message>
        <source>Choose another model (Ctrl+,)</source>
        <translation>Ein anderes Modell wählen (Strg+,)</translation>
    </message>
    <message>
        <source>Choose more to export</source>
        <translation>Mehr zum Exportieren wählen</translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation>Ordner wählen</translation>
    </message>
    <message>
        <source>Choose the folder to write to</source>
        <translation>Den Zielordner wählen</translation>
    </message>
    <message>
        <source>Choose to replace or to skip what is already there, or another folder.</source>
        <translation>Vorhandenes ersetzen oder überspringen lassen, oder einen anderen Ordner wählen.</translation>
    </message>
    <message>
        <source>Choose what {letter} is</source>
        <translation>Wählen, was {letter} ist</translation>
    </message>
    <message>
        <source>Choose where to save it</source>
        <translation>Wählen, wohin gespeichert wird</translation>
    </message>
    <message>
        <source>Choose, add and download trained networks</source>
        <translation>Trainierte Netze wählen, hinzufügen und herunterladen</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Clear t&amp;he lane&apos;s muted ranges</source>
        <translation>Stumme Bereiche der Spur l&amp;öschen</translation>
    </message>
    <message>
        <source>Clic&amp;k along</source>
        <translation>Mit &amp;Klick</translation>
    </message>
    <message>
        <source>Clic&amp;k and count-in</source>
        <translation>Klick und Vor&amp;zähler</translation>
    </message>
    <message>
        <source>Click</source>
        <translation>Klick</translation>
    </message>
    <message>
        <source>Click to move the playhead, drag to make a loop, drag its edges to change it (I, O, L)
Ctrl+wheel zooms, Shift+wheel moves, Alt+drag zooms to a part, Ctrl+0 shows all</source>
        <translation>Klicken setzt die Abspielposition, Ziehen macht einen Loop, seine Ränder lassen sich ziehen (I, O, L)
Strg+Mausrad zoomt, Umschalt+Mausrad verschiebt, Alt+Ziehen zoomt auf einen Teil, Strg+0 zeigt alles</translation>
    </message>
    <message>
        <source>Click to read more; Lanes, Remove reference takes it away</source>
        <translation>Klicken zeigt mehr; Spuren, Referenz der Spur entfernen nimmt sie weg</translation>
    </message>
    <message>
        <source>Clicks before the song plays, or a loop from its start (Shift+K)</source>
        <translation>Klicks, bevor der Song oder ein Loop von Anfang an läuft (Umschalt+K)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>Close this list (Esc)</source>
        <translation>Diese Liste schließen (Esc)</translation>
    </message>
    <message>
        <source>Close without a test (Esc)</source>
        <translation>Ohne Test schließen (Esc)</translation>
    </message>
    <message>
        <source>Close without saving (Esc)</source>
        <translation>Ohne Speichern schließen (Esc)</translation>
    </message>
    <message>
        <source>Colo&amp;urs</source>
        <translation>Fa&amp;rben</translation>
    </message>
    <message>
        <source>Colour of the stem</source>
        <translation>Farbe des Stems</translation>
    </message>
    <message>
        <source>Colours of the difference: B softer or louder than A</source>
        <translation>Farben der Differenz: B leiser oder lauter als A</translation>
    </message>
    <message>
        <source>Colours of the spectrogram</source>
        <translation>Farben des Spektrogramms</translation>
    </message>
    <message>
        <source>Comp</source>
        <translation>Comp</translation>
    </message>
    <message>
        <source>Comp: take A in the loop</source>
        <translation>Comp: A im Loop nehmen</translation>
    </message>
    <message>
        <source>Comp: take B in the loop</source>
        <translation>Comp: B im Loop nehmen</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Comps (there are none)</source>
        <translation>Comps (es gibt keine)</translation>
    </message>
    <message>
        <source>Comps: {stems}</source>
        <translation>Comps: {stems}</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>Details kopieren</translation>
    </message>
    <message>
        <source>Copy the details to the clipboard</source>
        <translation>Die Details in die Zwischenablage kopieren</translation>
    </message>
    <message>
        <source>Copy the technical details</source>
        <translation>Die technischen Details kopieren</translation>
    </message>
    <message>
        <source>Cou&amp;nt-in</source>
        <translation>Vor&amp;zähler</translation>
    </message>
    <message>
        <source>Count in 1 bar</source>
        <translation>1 Takt vorzählen</translation>
    </message>
    <message>
        <source>Count in 2 bars</source>
        <translation>2 Takte vorzählen</translation>
    </message>
    <message>
        <source>Count-in</source>
        <translation>Vorzähler</translation>
    </message>
    <message>
        <source>Counting in…</source>
        <translation>Wird vorgezählt…</translation>
    </message>
    <message>
        <source>Ctrl+Alt+wheel does the same</source>
        <translation>Strg+Alt+Mausrad tut dasselbe</translation>
    </message>
    <message>
        <source>Ctrl+click</source>
        <translation>Strg+Klick</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Strg+Mausrad</translation>
    </message>
    <message>
        <source>Ctrl+wheel zooms at the pointer</source>
        <translation>Strg+Mausrad zoomt am Mauszeiger</translation>
    </message>
    <message>
        <source>Damaged: {reason}</source>
        <translation>Beschädigt: {reason}</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete all stems?</source>
        <translation>Alle Stems löschen?</translation>
    </message>
    <message>
        <source>Delete all…</source>
        <translation>Alle löschen…</translation>
    </message>
    <message>
        <source>Delete stems</source>
        <translation>Stems löschen</translation>
    </message>
    <message numerus="yes">
        <source>Delete the stems of %n songs ({size})?</source>
        <translation>
            <numerusform>Die Stems eines Songs löschen ({size})?</numerusform>
            <numerusform>Die Stems von %n Songs löschen ({size})?</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete the stems of all songs; the songs&apos; own files stay</source>
        <translation>Die Stems aller Songs löschen; die Dateien der Songs bleiben</translation>
    </message>
    <message>
        <source>Delete the stems of the chosen song; the song&apos;s own file stays</source>
        <translation>Die Stems des gewählten Songs löschen; seine Datei bleibt</translation>
    </message>
    <message>
        <source>Delete this model from the computer</source>
        <translation>Dieses Modell vom Computer löschen</translation>
    </message>
    <message>
        <source>Delta</source>
        <translation>Delta</translation>
    </message>
    <message>
        <source>Delta ({second} − {first})</source>
        <translation>Delta ({second} − {first})</translation>
    </message>
    <message>
        <source>Delta make-up &amp;gain</source>
        <translation>Delta-Verstärk&amp;ung</translation>
    </message>
    <message>
        <source>Delta {gain} dB</source>
        <translation>Delta {gain} dB</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Device and memory</source>
        <translation>Gerät und Speicher</translation>
    </message>
    <message>
        <source>Device and memory: {facts}</source>
        <translation>Gerät und Speicher: {facts}</translation>
    </message>
    <message>
        <source>Difference &amp;only</source>
        <translation>N&amp;ur die Differenz</translation>
    </message>
    <message>
        <source>Do not add this model (Esc)</source>
        <translation>Dieses Modell nicht hinzufügen (Esc)</translation>
    </message>
    <message>
        <source>Double-click</source>
        <translation>Doppelklick</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>Ziehen</translation>
    </message>
    <message>
        <source>Drag o&amp;ut as</source>
        <translation>Herausziehen &amp;als</translation>
    </message>
    <message>
        <source>Drag out: {what}</source>
        <translation>Herausziehen: {what}</translation>
    </message>
    <message>
        <source>Drag the lane of the other side.</source>
        <translation>Die Spur der anderen Seite ziehen.</translation>
    </message>
    <message>
        <source>Drag the mix as heard to another program or a folder</source>
        <translation>Den Mix wie gehört in ein anderes Programm oder einen Ordner ziehen</translation>
    </message>
    <message>
        <source>Drag the mix instead, or export it.</source>
        <translation>Stattdessen den Mix ziehen oder exportieren.</translation>
    </message>
    <message>
        <source>Drag the mix of the loop to another program or a folder</source>
        <translation>Den Mix des Loops in ein anderes Programm oder einen Ordner ziehen</translation>
    </message>
    <message>
        <source>Draw the lanes</source>
        <translation>Spuren zeichnen</translation>
    </message>
    <message>
        <source>Draw the pictures as they were when Bandsaw was started</source>
        <translation>Die Bilder so zeichnen wie beim Start von Bandsaw</translation>
    </message>
    <message>
        <source>Drawing</source>
        <translation>Zeichnen</translation>
    </message>
    <message>
        <source>Drawing the lanes</source>
        <translation>Spuren werden gezeichnet</translation>
    </message>
    <message>
        <source>Drop</source>
        <translation>Ablegen</translation>
    </message>
    <message>
        <source>Drop a song here</source>
        <translation>Einen Song hier ablegen</translation>
    </message>
    <message>
        <source>Drop as the reference for {stem}</source>
        <translation>Als Referenz für {stem} ablegen</translation>
    </message>
    <message numerus="yes">
        <source>Drop to split these %n items</source>
        <translation>
            <numerusform>Ablegen, um dies zu trennen</numerusform>
            <numerusform>Ablegen, um diese %n Elemente zu trennen</numerusform>
        </translation>
    </message>
    <message>
        <source>Drop {file} on another program or a folder</source>
        <translation>{file} auf ein anderes Programm oder einen Ordner ziehen</translation>
    </message>
    <message>
        <source>Dropped on a lane</source>
        <translation>Auf einer Spur abgelegt</translation>
    </message>
    <message>
        <source>Drums</source>
        <translation>Schlagzeug</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Even beats at this tempo</source>
        <translation>Gleichmäßige Schläge in diesem Tempo</translation>
    </message>
    <message>
        <source>Every output needs a name of its own that a file can have, and not that of the original or residual.</source>
        <translation>Jeder Ausgang braucht einen eigenen Namen, den auch eine Datei haben kann, und nicht den von Original oder Residuum.</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Exact (float32)</source>
        <translation>Genau (float32)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Export only the loop</source>
        <translation>Nur den Loop exportieren</translation>
    </message>
    <message>
        <source>Export progress</source>
        <translation>Fortschritt des Exports</translation>
    </message>
    <message>
        <source>Export stems</source>
        <translation>Stems exportieren</translation>
    </message>
    <message>
        <source>Export the &amp;mix as heard…</source>
        <translation>&amp;Mix wie gehört exportieren…</translation>
    </message>
    <message>
        <source>Export the comps</source>
        <translation>Die Comps exportieren</translation>
    </message>
    <message>
        <source>Export the mix as heard</source>
        <translation>Den Mix wie gehört exportieren</translation>
    </message>
    <message>
        <source>Export the residual</source>
        <translation>Das Residuum exportieren</translation>
    </message>
    <message>
        <source>Export to this folder</source>
        <translation>In diesen Ordner exportieren</translation>
    </message>
    <message>
        <source>Export what you need; stems and residual together are exactly your song.</source>
        <translation>Exportieren, was gebraucht wird; Stems und Residuum ergeben genau den Song.</translation>
    </message>
    <message>
        <source>Export {what}</source>
        <translation>{what} exportieren</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Export…</translation>
    </message>
    <message>
        <source>F&amp;aster by 5 %</source>
        <translation>5 % &amp;schneller</translation>
    </message>
    <message>
        <source>F&amp;older</source>
        <translation>&amp;Ordner</translation>
    </message>
    <message>
        <source>FILES</source>
        <translation>DATEIEN</translation>
    </message>
    <message>
        <source>FLAC, 16 bit</source>
        <translation>FLAC, 16 Bit</translation>
    </message>
    <message>
        <source>FLAC, 24 bit</source>
        <translation>FLAC, 24 Bit</translation>
    </message>
    <message>
        <source>FLAC, as deep as the song</source>
        <translation>FLAC, Bittiefe wie der Song</translation>
    </message>
    <message>
        <source>FORMAT</source>
        <translation>FORMAT</translation>
    </message>
    <message>
        <source>Facts and logs for whoever helps, without audio</source>
        <translation>Fakten und Protokolle zum Helfen, ohne Audio</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>Schnell</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>Felder</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>File format</source>
        <translation>Dateiformat</translation>
    </message>
    <message>
        <source>Files are being written.</source>
        <translation>Dateien werden gerade geschrieben.</translation>
    </message>
    <message>
        <source>Files or folders; songs are split one after another</source>
        <translation>Dateien oder Ordner; Songs werden nacheinander getrennt</translation>
    </message>
    <message>
        <source>Files that are not finished are removed.</source>
        <translation>Unfertige Dateien werden entfernt.</translation>
    </message>
    <message>
        <source>Files that were written</source>
        <translation>Geschriebene Dateien</translation>
    </message>
    <message>
        <source>Files that will be written</source>
        <translation>Dateien, die geschrieben werden</translation>
    </message>
    <message>
        <source>Fit lanes to the wi&amp;ndow</source>
        <translation>Spuren ins Fenster &amp;einpassen</translation>
    </message>
    <message>
        <source>Foc&amp;us</source>
        <translation>Fo&amp;kus auf Spur</translation>
    </message>
    <message>
        <source>Focus lane &amp;above</source>
        <translation>Zur Spur d&amp;arüber</translation>
    </message>
    <message>
        <source>Focus lane &amp;below</source>
        <translation>Zur Spur daru&amp;nter</translation>
    </message>
    <message>
        <source>Focus lane {number}</source>
        <translation>Fokus auf Spur {number}</translation>
    </message>
    <message>
        <source>Follow the pla&amp;yhead</source>
        <translation>Abspielposi&amp;tion folgen</translation>
    </message>
    <message>
        <source>Follows the beat found in the song</source>
        <translation>Folgt den im Song gefundenen Schlägen</translation>
    </message>
    <message>
        <source>Forward {time}</source>
        <translation>{time} vor</translation>
    </message>
    <message>
        <source>Get this model, or the rest of it</source>
        <translation>Dieses Modell holen, oder den Rest davon</translation>
    </message>
    <message>
        <source>Give the new files a number</source>
        <translation>Den neuen Dateien eine Nummer geben</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Go on tapping the beat…</source>
        <translation>Im Takt weitertippen…</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>Grau</translation>
    </message>
    <message>
        <source>H&amp;igher by a semitone</source>
        <translation>Halbton höhe&amp;r</translation>
    </message>
    <message>
        <source>Half as many beats</source>
        <translation>Halb so viele Schläge</translation>
    </message>
    <message>
        <source>Hear &amp;A: {side}</source>
        <translation>&amp;A hören: {side}</translation>
    </message>
    <message>
        <source>Hear &amp;B: {side}</source>
        <translation>&amp;B hören: {side}</translation>
    </message>
    <message>
        <source>Hear only {stem} and other soloed lanes (S, Shift+{number})
Ctrl+click: only this one</source>
        <translation>Nur {stem} und andere Solo-Spuren hören (S, Umschalt+{number})
Strg+Klick: nur diese</translation>
    </message>
    <message>
        <source>Hear the &amp;delta (B − A)</source>
        <translation>&amp;Delta hören (B − A)</translation>
    </message>
    <message>
        <source>Hear the lane&apos;s &amp;delta</source>
        <translation>&amp;Delta der Spur hören</translation>
    </message>
    <message>
        <source>Hear the lane&apos;s &amp;reference</source>
        <translation>&amp;Referenz der Spur hören</translation>
    </message>
    <message>
        <source>Hear the lane&apos;s com&amp;p</source>
        <translation>Com&amp;p der Spur hören</translation>
    </message>
    <message>
        <source>Hear {side} of all stems</source>
        <translation>{side} aller Stems hören</translation>
    </message>
    <message>
        <source>Hear {side}: {name} ({key}); X switches back and forth</source>
        <translation>{side} hören: {name} ({key}); X wechselt hin und her</translation>
    </message>
    <message>
        <source>Hear {version}</source>
        <translation>{version} hören</translation>
    </message>
    <message>
        <source>Hearing: {words}</source>
        <translation>Zu hören: {words}</translation>
    </message>
    <message>
        <source>Height of lanes</source>
        <translation>Spurhöhe</translation>
    </message>
    <message>
        <source>Height of the lanes</source>
        <translation>Höhe der Spuren</translation>
    </message>
    <message>
        <source>Higher or lower at the same speed (Alt+-, Alt++)</source>
        <translation>Höher oder tiefer bei gleichem Tempo (Alt+-, Alt++)</translation>
    </message>
    <message>
        <source>Hold splitting, and go on at the same place (Ctrl+P)</source>
        <translation>Die Trennung anhalten und an derselben Stelle fortsetzen (Strg+P)</translation>
    </message>
    <message>
        <source>How far it is</source>
        <translation>Wie weit es ist</translation>
    </message>
    <message>
        <source>How files are named; a field without a value is left out. Empty: vocals.wav, bass.wav …</source>
        <translation>Wie Dateien heißen; ein Feld ohne Wert entfällt. Leer: vocals.wav, bass.wav …</translation>
    </message>
    <message>
        <source>How loud the click is; no file has it</source>
        <translation>Wie laut der Klick ist; in keiner Datei ist er zu hören</translation>
    </message>
    <message>
        <source>How many beats make a bar</source>
        <translation>Wie viele Schläge einen Takt ergeben</translation>
    </message>
    <message>
        <source>If their files can be read</source>
        <translation>Wenn ihre Dateien lesbar sind</translation>
    </message>
    <message>
        <source>In a folder of its own: {folder}</source>
        <translation>In einem eigenen Ordner: {folder}</translation>
    </message>
    <message>
        <source>In the &amp;middle</source>
        <translation>In der &amp;Mitte</translation>
    </message>
    <message>
        <source>In the blind test</source>
        <translation>Im Blindtest</translation>
    </message>
    <message>
        <source>Insert a field into the names</source>
        <translation>Ein Feld in die Namen einfügen</translation>
    </message>
    <message>
        <source>Insert a field, or go back to the usual names</source>
        <translation>Ein Feld einfügen oder zurück zu den üblichen Namen</translation>
    </message>
    <message numerus="yes">
        <source>It and the %n that wait will be in the list next time; this song then starts from its beginning.</source>
        <translation>
            <numerusform>Er und der eine wartende Song sind beim nächsten Mal in der Liste; dieser Song beginnt dann von vorn.</numerusform>
            <numerusform>Er und die %n wartenden Songs sind beim nächsten Mal in der Liste; dieser Song beginnt dann von vorn.</numerusform>
        </translation>
    </message>
    <message>
        <source>It is {count} samples ({seconds:.3f} s) too long; its end was cut off.</source>
        <translation>Sie ist um {count} Samples ({seconds:.3f} s) zu lang; das Ende wurde abgeschnitten.</translation>
    </message>
    <message>
        <source>It is {count} samples ({seconds:.3f} s) too short; silence was added at its end.</source>
        <translation>Sie ist um {count} Samples ({seconds:.3f} s) zu kurz; am Ende wurde Stille angefügt.</translation>
    </message>
    <message>
        <source>It will be in the list next time; this song then starts from its beginning.</source>
        <translation>Er ist beim nächsten Mal in der Liste; dieser Song beginnt dann von vorn.</translation>
    </message>
    <message>
        <source>Its file is deleted from the computer. Songs that were split with it stay as they are.</source>
        <translation>Seine Datei wird vom Computer gelöscht. Songs, die damit getrennt wurden, bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>Its stems stay in the library</source>
        <translation>Seine Stems bleiben in der Bibliothek</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>Beide behalten</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>Weiterarbeiten</translation>
    </message>
    <message>
        <source>Keys and mouse</source>
        <translation>Tasten und Maus</translation>
    </message>
    <message>
        <source>LIBRARY OF SPLIT SONGS</source>
        <translation>BIBLIOTHEK GETRENNTER SONGS</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Last opened</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Verlassen</translation>
    </message>
    <message>
        <source>Leave the test?</source>
        <translation>Den Test verlassen?</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>Level in dB full scale: mean solid, peak lighter
The light at the end: clipped (Shift+C puts it out)</source>
        <translation>Pegel in dB unter Vollaussteuerung: Mittelwert kräftig, Spitze heller
Die Leuchte am Ende: übersteuert (Umschalt+C löscht sie)</translation>
    </message>
    <message>
        <source>Level of the click</source>
        <translation>Pegel des Klicks</translation>
    </message>
    <message>
        <source>Level: drag, or wheel in steps of 1 dB (Shift 0.1 dB); double-click is 0 dB</source>
        <translation>Pegel: ziehen oder Mausrad in Schritten von 1 dB (Umschalt 0,1 dB); Doppelklick ist 0 dB</translation>
    </message>
    <message>
        <source>Levels are unchanged: together with the residual, the stems add up to the song.</source>
        <translation>Die Pegel sind unverändert: Mit dem Residuum ergeben die Stems zusammen den Song.</translation>
    </message>
    <message>
        <source>Library of split songs</source>
        <translation>Bibliothek getrennter Songs</translation>
    </message>
    <message>
        <source>Licence: {licence}</source>
        <translation>Lizenz: {licence}</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>Linear</translation>
    </message>
    <message>
        <source>Listen to each stem, mute and solo, and compare both stages of the network.</source>
        <translation>Jeden Stem anhören, stumm oder solo schalten, beide Stufen vergleichen.</translation>
    </message>
    <message>
        <source>Listening for the beat…</source>
        <translation>Schläge werden gesucht…</translation>
    </message>
    <message>
        <source>Load the model</source>
        <translation>Modell laden</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>Modell wird geladen</translation>
    </message>
    <message>
        <source>Logarithmic</source>
        <translation>Logarithmisch</translation>
    </message>
    <message>
        <source>Looking at the disk…</source>
        <translation>Der Datenträger wird geprüft…</translation>
    </message>
    <message>
        <source>Looking in the library…</source>
        <translation>Suche in der Bibliothek…</translation>
    </message>
    <message>
        <source>Looking whether it was split before</source>
        <translation>Prüfen, ob er schon einmal getrennt wurde</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Loop</translation>
    </message>
    <message>
        <source>Loop &amp;up to here</source>
        <translation>Loop b&amp;is hier</translation>
    </message>
    <message>
        <source>Loop from &amp;here</source>
        <translation>Loop a&amp;b hier</translation>
    </message>
    <message>
        <source>Louder by 0.1 dB</source>
        <translation>0,1 dB lauter</translation>
    </message>
    <message>
        <source>Lower by a &amp;semitone</source>
        <translation>Halbton &amp;tiefer</translation>
    </message>
    <message>
        <source>M&amp;odels…</source>
        <translation>M&amp;odelle…</translation>
    </message>
    <message>
        <source>M4A, AAC 256 kb/s</source>
        <translation>M4A, AAC 256 kbit/s</translation>
    </message>
    <message>
        <source>M4A, ALAC, as deep as the song</source>
        <translation>M4A, ALAC, Bittiefe wie der Song</translation>
    </message>
    <message>
        <source>MP3, 320 kb/s</source>
        <translation>MP3, 320 kbit/s</translation>
    </message>
    <message>
        <source>Master meter</source>
        <translation>Master-Pegelanzeige</translation>
    </message>
    <message>
        <source>Master: {level}</source>
        <translation>Master: {level}</translation>
    </message>
    <message>
        <source>Measure the levels and start the test (Enter)</source>
        <translation>Die Pegel messen und den Test starten (Eingabe)</translation>
    </message>
    <message>
        <source>Measuring how loud both are…</source>
        <translation>Die Lautheit beider wird gemessen…</translation>
    </message>
    <message>
        <source>Memory of the engine</source>
        <translation>Speicher der Trennung</translation>
    </message>
    <message>
        <source>Memory of the window</source>
        <translation>Speicher des Fensters</translation>
    </message>
    <message>
        <source>Mix</source>
        <translation>Mix</translation>
    </message>
    <message>
        <source>Mix = song</source>
        <translation>Mix = Song</translation>
    </message>
    <message>
        <source>Mix ≠ song</source>
        <translation>Mix ≠ Song</translation>
    </message>
    <message>
        <source>Mixer, loop, what A and B are, and list of songs</source>
        <translation>Mixer, Loop, was A und B sind, und Liste der Songs</translation>
    </message>
    <message>
        <source>Mo&amp;ve the nearest border to the playhead</source>
        <translation>Nächste &amp;Grenze zur Abspielposition</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>Modelle…</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>Maus</translation>
    </message>
    <message>
        <source>Move song &amp;down</source>
        <translation>Song nach &amp;unten</translation>
    </message>
    <message>
        <source>Move song &amp;up</source>
        <translation>Song nach &amp;oben</translation>
    </message>
    <message>
        <source>Moves all clicks later or sooner</source>
        <translation>Verschiebt alle Klicks nach hinten oder vorn</translation>
    </message>
    <message>
        <source>Mu&amp;te lane</source>
        <translation>Stu&amp;mm für Spur</translation>
    </message>
    <message>
        <source>Mute &amp;in the loop</source>
        <translation>&amp;Im Loop stumm</translation>
    </message>
    <message>
        <source>Mute lane {number}</source>
        <translation>Stumm für Spur {number}</translation>
    </message>
    <message>
        <source>Mute {stem}</source>
        <translation>{stem} stumm</translation>
    </message>
    <message>
        <source>Muted ranges of {stems} are silent in the files; there, stems and residual do not add up to the song.</source>
        <translation>Stumme Bereiche von {stems} sind in den Dateien still; dort ergeben Stems und Residuum nicht den Song.</translation>
    </message>
    <message>
        <source>NOW SPLITTING</source>
        <translation>TRENNUNG LÄUFT</translation>
    </message>
    <message>
        <source>NVIDIA graphics card</source>
        <translation>NVIDIA-Grafikkarte</translation>
    </message>
    <message>
        <source>Name the outputs</source>
        <translation>Ausgänge benennen</translation>
    </message>
    <message>
        <source>Ne&amp;xt way to follow</source>
        <translation>Nächste Art z&amp;u folgen</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Next &amp;kind of picture</source>
        <translation>&amp;Nächste Bildart</translation>
    </message>
    <message>
        <source>Next count-&amp;in: none, 1 bar, 2 bars</source>
        <translation>&amp;Nächster Vorzähler: keiner, 1 Takt, 2 Takte</translation>
    </message>
    <message>
        <source>Next split: {model}, quality {quality}</source>
        <translation>Nächste Trennung: {model}, Qualität {quality}</translation>
    </message>
    <message>
        <source>No beat found: tap or type the tempo</source>
        <translation>Keine Schläge gefunden: Tempo tippen oder eingeben</translation>
    </message>
    <message>
        <source>No count-in</source>
        <translation>Kein Vorzähler</translation>
    </message>
    <message>
        <source>No loop yet</source>
        <translation>Noch kein Loop</translation>
    </message>
    <message>
        <source>No program was found that shows folders.</source>
        <translation>Es wurde kein Programm gefunden, das Ordner zeigt.</translation>
    </message>
    <message>
        <source>No song is open</source>
        <translation>Kein Song ist offen</translation>
    </message>
    <message>
        <source>No song yet; room for</source>
        <translation>Noch kein Song; Platz für</translation>
    </message>
    <message>
        <source>No sound, because: {reasons}.</source>
        <translation>Kein Ton: {reasons}.</translation>
    </message>
    <message>
        <source>None</source>
        <comment>count-in</comment>
        <translation>Keiner</translation>
    </message>
    <message>
        <source>Normal speed and pitch</source>
        <translation>Normales Tempo, normale Tonhöhe</translation>
    </message>
    <message>
        <source>Not added</source>
        <translation>Nicht hinzugefügt</translation>
    </message>
    <message>
        <source>Not in {side}</source>
        <translation>Nicht in {side}</translation>
    </message>
    <message>
        <source>Note {number}</source>
        <translation>Hinweis {number}</translation>
    </message>
    <message>
        <source>Nothing is chosen: choose at least one file and one stage.</source>
        <translation>Nichts ist gewählt: mindestens eine Datei und eine Stufe wählen.</translation>
    </message>
    <message>
        <source>Nothing is chosen: choose at least one stage.</source>
        <translation>Nichts ist gewählt: mindestens eine Stufe wählen.</translation>
    </message>
    <message>
        <source>Nothing was kept of this song</source>
        <translation>Von diesem Song wurde nichts behalten</translation>
    </message>
    <message>
        <source>Nothing: all lanes are muted</source>
        <translation>Nichts: Alle Spuren sind stumm</translation>
    </message>
    <message>
        <source>Nothing: {side} has no {stems}</source>
        <translation>Nichts: {side} hat kein {stems}</translation>
    </message>
    <message>
        <source>Number of trials</source>
        <translation>Anzahl der Durchgänge</translation>
    </message>
    <message>
        <source>Number the new ones</source>
        <translation>Neue nummerieren</translation>
    </message>
    <message>
        <source>Of a comp or a muted range</source>
        <translation>Eines Comps oder eines stummen Bereichs</translation>
    </message>
    <message>
        <source>Of the focused lane and the master, since the clip lights were put out</source>
        <translation>Der gewählten Spur und des Masters, seit die Clip-Leuchten gelöscht wurden</translation>
    </message>
    <message>
        <source>Off, {loop}</source>
        <translation>Aus, {loop}</translation>
    </message>
    <message>
        <source>Ogg Vorbis</source>
        <translation>Ogg Vorbis</translation>
    </message>
    <message>
        <source>On Intel&apos;s and AMD&apos;s processors, int16 is up to twice as fast; what it rounds off nobody hears</source>
        <translation>Auf Prozessoren von Intel und AMD ist int16 bis zu doppelt so schnell; was es rundet, hört niemand</translation>
    </message>
    <message>
        <source>On, {loop}</source>
        <translation>An, {loop}</translation>
    </message>
    <message>
        <source>One zip file for whoever helps you with a problem. It holds versions, device and memory, your settings, the songs&apos; technical facts and the last {count} lines of the log. It never holds audio, and nothing is sent: you decide what happens to the file.</source>
        <translation>Eine Zip-Datei für alle, die bei einem Problem helfen. Sie enthält Versionen, Gerät und Speicher, die Einstellungen, technische Angaben zu den Songs und die letzten {count} Zeilen des Protokolls. Audio enthält sie nie, und nichts wird gesendet: Die Datei bleibt hier, bis sie jemand weitergibt.</translation>
    </message>
    <message>
        <source>Only heard here: no file has it</source>
        <translation>Nur hier zu hören, in keiner Datei</translation>
    </message>
    <message>
        <source>Only the loop (there is none)</source>
        <translation>Nur der Loop (es gibt keinen)</translation>
    </message>
    <message>
        <source>Only the loop, {start} to {stop}</source>
        <translation>Nur der Loop, {start} bis {stop}</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>&amp;Zuletzt hinzugefügt</translation>
    </message>
    <message>
        <source>Open its file…</source>
        <translation>Seine Datei öffnen…</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>Protokollordner öffnen</translation>
    </message>
    <message>
        <source>Open the &amp;log folder</source>
        <translation>&amp;Protokollordner öffnen</translation>
    </message>
    <message>
        <source>Open the folder with the files</source>
        <translation>Den Ordner mit den Dateien öffnen</translation>
    </message>
    <message>
        <source>Open the true stem of this song: the same recording, as long as the song.</source>
        <translation>Den echten Stem dieses Songs öffnen: dieselbe Aufnahme, so lang wie der Song.</translation>
    </message>
    <message>
        <source>Open, delete, and how large it may get</source>
        <translation>Öffnen, löschen, und wie groß sie werden darf</translation>
    </message>
    <message>
        <source>Opus</source>
        <translation>Opus</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>Rest</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Output de&amp;vice</source>
        <translation>Ausgabe&amp;gerät</translation>
    </message>
    <message>
        <source>Output device</source>
        <translation>Ausgabegerät</translation>
    </message>
    <message>
        <source>Output {number}</source>
        <translation>Ausgang {number}</translation>
    </message>
    <message>
        <source>P&amp;itch</source>
        <translation>T&amp;onhöhe</translation>
    </message>
    <message>
        <source>PAUSED</source>
        <translation>PAUSIERT</translation>
    </message>
    <message>
        <source>Pan {pan}: drag, or wheel; double-click is the middle</source>
        <translation>Pan {pan}: ziehen oder Mausrad; Doppelklick ist die Mitte</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Pause splitting</source>
        <translation>Trennung pausieren</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Pausiert</translation>
    </message>
    <message>
        <source>Paused in {version}</source>
        <translation>Angehalten in {version}</translation>
    </message>
    <message>
        <source>Peak</source>
        <translation>Spitze</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Picture options</source>
        <translation>Bildoptionen</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Pitch</source>
        <translation>Tonhöhe</translation>
    </message>
    <message>
        <source>Plain names: vocals, bass, …</source>
        <translation>Einfache Namen: vocals, bass, …</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Play or pause (Space)</source>
        <translation>Abspielen oder anhalten (Leertaste)</translation>
    </message>
    <message>
        <source>Play the loop from its star&amp;t</source>
        <translation>Loop &amp;vom Anfang spielen</translation>
    </message>
    <message>
        <source>Playhead: {what}</source>
        <translation>Abspielposition: {what}</translation>
    </message>
    <message>
        <source>Playing through {device}, because: {reasons}.</source>
        <translation>Wiedergabe über {device}: {reasons}.</translation>
    </message>
    <message>
        <source>Playing {version}</source>
        <translation>{version} läuft</translation>
    </message>
    <message>
        <source>PortAudio at {rate} Hz: {reason}</source>
        <translation>PortAudio bei {rate} Hz: {reason}</translation>
    </message>
    <message>
        <source>PortAudio is missing ({reason})</source>
        <translation>PortAudio fehlt ({reason})</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>Position</translation>
    </message>
    <message>
        <source>Possible once the whole song is split</source>
        <translation>Möglich, sobald der ganze Song getrennt ist</translation>
    </message>
    <message>
        <source>Practice tools</source>
        <translation>Übehilfen</translation>
    </message>
    <message>
        <source>Practice tools…</source>
        <translation>Übehilfen…</translation>
    </message>
    <message>
        <source>Pre&amp;vious song</source>
        <translation>&amp;Vorheriger Song</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Preferences (Ctrl+,)</source>
        <translation>Einstellungen (Strg+,)</translation>
    </message>
    <message>
        <source>Preferences…</source>
        <translation>Einstellungen…</translation>
    </message>
    <message>
        <source>Press A, B or X to listen</source>
        <translation>A, B oder X drücken und hören</translation>
    </message>
    <message>
        <source>Press for all facts (Ctrl+I)</source>
        <translation>Drücken für alle Angaben (Strg+I)</translation>
    </message>
    <message>
        <source>Press “Preferences…” and choose another model.</source>
        <translation>„Einstellungen…“ drücken und ein anderes Modell wählen.</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>Progress of all songs</source>
        <translation>Fortschritt aller Songs</translation>
    </message>
    <message>
        <source>Progress of this step</source>
        <translation>Fortschritt dieses Schritts</translation>
    </message>
    <message>
        <source>Put out the clip li&amp;ghts</source>
        <translation>Clip-Leuchten lösc&amp;hen</translation>
    </message>
    <message>
        <source>Put the files in a folder of their own</source>
        <translation>Die Dateien in einen eigenen Ordner legen</translation>
    </message>
    <message>
        <source>Put the song on show (Enter)</source>
        <translation>Den Song anzeigen (Eingabe)</translation>
    </message>
    <message>
        <source>PyTorch finds no NVIDIA GPU or no working driver</source>
        <translation>PyTorch findet keine NVIDIA-Grafikkarte oder keinen funktionierenden Treiber</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Quality: {name}, as in the preferences</source>
        <translation>Qualität: {name}, wie in den Einstellungen</translation>
    </message>
    <message>
        <source>Quick on processors (int16)</source>
        <translation>Schnell auf Prozessoren (int16)</translation>
    </message>
    <message>
        <source>Quit Bandsaw?</source>
        <translation>Bandsaw beenden?</translation>
    </message>
    <message>
        <source>REAPER project</source>
        <translation>REAPER-Projekt</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>Bereich</translation>
    </message>
    <message>
        <source>Re&amp;ference for this lane…</source>
        <translation>Re&amp;ferenz für diese Spur…</translation>
    </message>
    <message>
        <source>Read-out</source>
        <translation>Anzeige</translation>
    </message>
    <message>
        <source>Reading the reference…</source>
        <translation>Referenz wird gelesen…</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Referenz</translation>
    </message>
    <message>
        <source>Reference of {stem}</source>
        <translation>Referenz für {stem}</translation>
    </message>
    <message>
        <source>Reference of {stem}: {facts}</source>
        <translation>Referenz für {stem}: {facts}</translation>
    </message>
    <message>
        <source>Reference: {file}</source>
        <translation>Referenz: {file}</translation>
    </message>
    <message>
        <source>Remov&amp;e all songs that are ready</source>
        <translation>Alle ferti&amp;gen Songs entfernen</translation>
    </message>
    <message>
        <source>Remov&amp;e the range at the playhead</source>
        <translation>&amp;Bereich an der Abspielposition entfernen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove the lane&apos;s reference</source>
        <translation>Referenz der Spur entfernen</translation>
    </message>
    <message>
        <source>Remove the model {name}?</source>
        <translation>Das Modell {name} entfernen?</translation>
    </message>
    <message>
        <source>Remove this model?</source>
        <translation>Dieses Modell entfernen?</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Entfernen…</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Replace them</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Reset the &amp;mixer</source>
        <translation>&amp;Mixer zurücksetzen</translation>
    </message>
    <message>
        <source>Residual</source>
        <translation>Residuum</translation>
    </message>
    <message>
        <source>Residual (what the chosen stems leave)</source>
        <translation>Residuum (was die gewählten Stems übrig lassen)</translation>
    </message>
    <message>
        <source>Right-click</source>
        <translation>Rechtsklick</translation>
    </message>
    <message>
        <source>Room for the library</source>
        <translation>Platz für die Bibliothek</translation>
    </message>
    <message>
        <source>S&amp;how</source>
        <translation>&amp;Anzeigen</translation>
    </message>
    <message>
        <source>S&amp;olo focused lane</source>
        <translation>Gewählte Spur s&amp;olo</translation>
    </message>
    <message>
        <source>S&amp;witch between A and B</source>
        <translation>Zwischen A und B &amp;wechseln</translation>
    </message>
    <message>
        <source>SHA-256, as published: {sum}</source>
        <translation>SHA-256, wie veröffentlicht: {sum}</translation>
    </message>
    <message>
        <source>SHA-256, as when it was added: {sum}</source>
        <translation>SHA-256, wie beim Hinzufügen: {sum}</translation>
    </message>
    <message>
        <source>SONGS</source>
        <translation>SONGS</translation>
    </message>
    <message>
        <source>SONGS THAT ARE SPLIT FROM NOW ON</source>
        <translation>SONGS, DIE AB JETZT GETRENNT WERDEN</translation>
    </message>
    <message>
        <source>SOUND</source>
        <translation>TON</translation>
    </message>
    <message>
        <source>STOPPED</source>
        <translation>GESTOPPT</translation>
    </message>
    <message>
        <source>STOPPING</source>
        <translation>WIRD GESTOPPT</translation>
    </message>
    <message>
        <source>Sample rate</source>
        <translation>Abtastrate</translation>
    </message>
    <message>
        <source>Save a &amp;support file…</source>
        <translation>&amp;Support-Datei speichern…</translation>
    </message>
    <message>
        <source>Save a support file</source>
        <translation>Support-Datei speichern</translation>
    </message>
    <message>
        <source>Save results…</source>
        <translation>Ergebnisse speichern…</translation>
    </message>
    <message>
        <source>Save the results</source>
        <translation>Die Ergebnisse speichern</translation>
    </message>
    <message>
        <source>Saved as {file}</source>
        <translation>Gespeichert als {file}</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern…</translation>
    </message>
    <message>
        <source>Scores: {scores}</source>
        <translation>Bewertungen: {scores}</translation>
    </message>
    <message>
        <source>Share of the room that is taken</source>
        <translation>Belegter Anteil des Platzes</translation>
    </message>
    <message>
        <source>Share of the waveform</source>
        <translation>Anteil der Wellenform</translation>
    </message>
    <message>
        <source>Shif&amp;t</source>
        <translation>Ve&amp;rsatz</translation>
    </message>
    <message>
        <source>Shift of the clicks</source>
        <translation>Versatz der Klicks</translation>
    </message>
    <message>
        <source>Shift+wheel</source>
        <translation>Umschalt+Mausrad</translation>
    </message>
    <message>
        <source>Sho&amp;rter lanes</source>
        <translation>N&amp;iedrigere Spuren</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>Ordner zeigen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Show technical details to copy into a report</source>
        <translation>Technische Details zum Kopieren in eine Meldung zeigen</translation>
    </message>
    <message>
        <source>Show the &amp;whole song</source>
        <translation>Ganzen Song &amp;zeigen</translation>
    </message>
    <message>
        <source>Show the folder of its s&amp;tems</source>
        <translation>Ordner seiner S&amp;tems zeigen</translation>
    </message>
    <message>
        <source>Show the folder with the log file</source>
        <translation>Den Ordner mit der Protokolldatei zeigen</translation>
    </message>
    <message>
        <source>Show the song&apos;s &amp;folder</source>
        <translation>Ordner des Songs &amp;zeigen</translation>
    </message>
    <message>
        <source>Show where the stems lie</source>
        <translation>Zeigen, wo die Stems liegen</translation>
    </message>
    <message>
        <source>Side by side, then stacked with their difference</source>
        <translation>Nebeneinander, dann gestapelt mit ihrer Differenz</translation>
    </message>
    <message>
        <source>Silence {stem} (M, Alt+{number})</source>
        <translation>{stem} stumm schalten (M, Alt+{number})</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Skip them</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Skip these</source>
        <translation>Diese überspringen</translation>
    </message>
    <message>
        <source>Slo&amp;wer by 5 %</source>
        <translation>5 % &amp;langsamer</translation>
    </message>
    <message>
        <source>Slower or faster at the same pitch (-, +)</source>
        <translation>Langsamer oder schneller bei gleicher Tonhöhe (-, +)</translation>
    </message>
    <message>
        <source>Softer by 0.1 dB</source>
        <translation>0,1 dB leiser</translation>
    </message>
    <message>
        <source>Solo la&amp;ne</source>
        <translation>Solo für Sp&amp;ur</translation>
    </message>
    <message>
        <source>Solo lane {number}</source>
        <translation>Solo für Spur {number}</translation>
    </message>
    <message>
        <source>Solo {stem}</source>
        <translation>{stem} solo</translation>
    </message>
    <message>
        <source>Something went wrong</source>
        <translation>Etwas ist schiefgegangen</translation>
    </message>
    <message>
        <source>Something went wrong inside Bandsaw; Help, Open the log folder has the details</source>
        <translation>In Bandsaw ist etwas schiefgegangen; Details unter Hilfe, Protokollordner öffnen</translation>
    </message>
    <message>
        <source>Song</source>
        <translation>Song</translation>
    </message>
    <message>
        <source>Song without</source>
        <translation>Song ohne</translation>
    </message>
    <message>
        <source>Songs</source>
        <translation>Songs</translation>
    </message>
    <message>
        <source>Songs are split in the order of the list</source>
        <translation>Songs werden in der Reihenfolge der Liste getrennt</translation>
    </message>
    <message>
        <source>Songs that are split from now on use the chosen model. Nothing is downloaded unless you ask for it.</source>
        <translation>Songs werden ab jetzt mit dem gewählten Modell getrennt. Heruntergeladen wird nur, was hier verlangt wird.</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>Source: {source}</source>
        <translation>Quelle: {source}</translation>
    </message>
    <message>
        <source>Sp&amp;lit all failed songs again</source>
        <translation>A&amp;lle fehlgeschlagenen Songs erneut trennen</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Spectrogram only</source>
        <translation>Nur Spektrogramm</translation>
    </message>
    <message>
        <source>Spee&amp;d</source>
        <translation>Te&amp;mpo</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Speed a&amp;nd pitch</source>
        <translation>&amp;Tempo und Tonhöhe</translation>
    </message>
    <message>
        <source>Speed, pitch, click and count-in; no file is changed</source>
        <translation>Tempo, Tonhöhe, Klick und Vorzähler; keine Datei wird geändert</translation>
    </message>
    <message>
        <source>Split a&amp;gain</source>
        <translation>&amp;Erneut trennen</translation>
    </message>
    <message>
        <source>Split again</source>
        <translation>Erneut trennen</translation>
    </message>
    <message>
        <source>Split it</source>
        <translation>Trennen</translation>
    </message>
    <message>
        <source>Split songs</source>
        <translation>Getrennte Songs</translation>
    </message>
    <message>
        <source>Split the next songs with this model (Enter)</source>
        <translation>Die nächsten Songs mit diesem Modell trennen (Eingabe)</translation>
    </message>
    <message>
        <source>Split the short song that comes with Bandsaw</source>
        <translation>Den kurzen mitgelieferten Song trennen</translation>
    </message>
    <message>
        <source>Split the song</source>
        <translation>Song trennen</translation>
    </message>
    <message>
        <source>Split this song from its beginning (Ctrl+R)</source>
        <translation>Diesen Song von vorn trennen (Strg+R)</translation>
    </message>
    <message>
        <source>Split this song once more</source>
        <translation>Diesen Song noch einmal trennen</translation>
    </message>
    <message>
        <source>Splitting</source>
        <translation>Trennung</translation>
    </message>
    <message>
        <source>Splitting is paused</source>
        <translation>Die Trennung ist pausiert</translation>
    </message>
    <message>
        <source>Splitting: {done} of {total}</source>
        <translation>Trennung: {done} von {total}</translation>
    </message>
    <message>
        <source>St&amp;op</source>
        <translation>&amp;Stopp</translation>
    </message>
    <message>
        <source>Stage 1 only (quicker)</source>
        <translation>Nur Stufe 1 (schneller)</translation>
    </message>
    <message>
        <source>Stage {number}</source>
        <translation>Stufe {number}</translation>
    </message>
    <message>
        <source>Stages</source>
        <translation>Stufen</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Starting the engine</source>
        <translation>Die Trennung wird gestartet</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet…</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Stem file (.stem.mp4), AAC</source>
        <translation>Stem-Datei (.stem.mp4), AAC</translation>
    </message>
    <message>
        <source>Stem file (.stem.mp4), ALAC</source>
        <translation>Stem-Datei (.stem.mp4), ALAC</translation>
    </message>
    <message>
        <source>Stems</source>
        <translation>Stems</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Stop and quit</source>
        <translation>Stoppen und beenden</translation>
    </message>
    <message>
        <source>Stop splitting this song; what is done of it is not kept (Ctrl+.)</source>
        <translation>Die Trennung dieses Songs stoppen; das bisher Getrennte wird nicht behalten (Strg+.)</translation>
    </message>
    <message>
        <source>Stop; what has come of a download stays for the next time</source>
        <translation>Stoppen; was schon heruntergeladen ist, bleibt für das nächste Mal</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Gestoppt</translation>
    </message>
    <message>
        <source>Stopped “{song}”</source>
        <translation>„{song}“ gestoppt</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Wird gestoppt</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Wird gestoppt…</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>T&amp;aller lanes</source>
        <translation>Höhere S&amp;puren</translation>
    </message>
    <message>
        <source>T&amp;ap</source>
        <translation>Tappe&amp;n</translation>
    </message>
    <message>
        <source>T&amp;wice as many beats</source>
        <translation>&amp;Doppelt so viele Schläge</translation>
    </message>
    <message>
        <source>Tab, Shift+Tab</source>
        <translation>Tab, Umschalt+Tab</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Take this song off the list (Ctrl+W)</source>
        <translation>Diesen Song aus der Liste nehmen (Strg+W)</translation>
    </message>
    <message>
        <source>Te&amp;mpo</source>
        <translation>B&amp;PM</translation>
    </message>
    <message>
        <source>Technical details</source>
        <translation>Technische Details</translation>
    </message>
    <message>
        <source>Tell the highest pea&amp;ks</source>
        <translation>Höchste Spit&amp;zen nennen</translation>
    </message>
    <message>
        <source>Template of the file names</source>
        <translation>Vorlage der Dateinamen</translation>
    </message>
    <message>
        <source>Tempo</source>
        <translation>Schläge pro Minute</translation>
    </message>
    <message>
        <source>Test again</source>
        <translation>Erneut testen</translation>
    </message>
    <message numerus="yes">
        <source>The %n answers so far would be lost.</source>
        <translation>
            <numerusform>Die eine bisherige Antwort ginge verloren.</numerusform>
            <numerusform>Die %n bisherigen Antworten gingen verloren.</numerusform>
        </translation>
    </message>
    <message>
        <source>The file is cut short: only its first {time} could be read.</source>
        <translation>Die Datei ist abgeschnitten: Nur die ersten {time} waren lesbar.</translation>
    </message>
    <message>
        <source>The file is not ready yet: drag again in a moment</source>
        <translation>Die Datei ist noch nicht fertig: gleich noch einmal ziehen</translation>
    </message>
    <message>
        <source>The file is silent from start to end.</source>
        <translation>Die Datei ist von Anfang bis Ende still.</translation>
    </message>
    <message>
        <source>The files could not be written</source>
        <translation>Die Dateien konnten nicht geschrieben werden</translation>
    </message>
    <message>
        <source>The list will show: {model}, {stems}</source>
        <translation>In der Liste steht dann: {model}, {stems}</translation>
    </message>
    <message>
        <source>The mix as heard</source>
        <translation>Der Mix wie gehört</translation>
    </message>
    <message>
        <source>The mixer was changed, so the mix is not the song</source>
        <translation>Der Mixer wurde verändert, der Mix ist also nicht der Song</translation>
    </message>
    <message>
        <source>The model could not be downloaded</source>
        <translation>Das Modell konnte nicht heruntergeladen werden</translation>
    </message>
    <message>
        <source>The model {name} is not ready yet.</source>
        <translation>Das Modell {name} ist noch nicht fertig.</translation>
    </message>
    <message>
        <source>The network cannot run on this device</source>
        <translation>Das Netz läuft auf diesem Gerät nicht</translation>
    </message>
    <message>
        <source>The one that &amp;sounds</source>
        <translation>Was gerade &amp;klingt</translation>
    </message>
    <message>
        <source>The reference is silent: no SDR</source>
        <translation>Die Referenz ist still: kein SDR</translation>
    </message>
    <message>
        <source>The song goes on where it was held</source>
        <translation>Der Song geht dort weiter, wo er angehalten wurde</translation>
    </message>
    <message>
        <source>The song is gone</source>
        <translation>Der Song ist nicht mehr da</translation>
    </message>
    <message>
        <source>The songs&apos; own files and what you exported stay. Songs have to be split again to be heard in stems.</source>
        <translation>Die Dateien der Songs und alles Exportierte bleiben. Um Songs in Stems zu hören, müssen sie neu getrennt werden.</translation>
    </message>
    <message>
        <source>The splitting engine stopped</source>
        <translation>Der Trennprozess ist abgestürzt</translation>
    </message>
    <message>
        <source>The stems of “{song}” are no longer there: it is split again</source>
        <translation>Die Stems von „{song}“ sind nicht mehr da: Der Song wird neu getrennt</translation>
    </message>
    <message>
        <source>The true stem, to compare with</source>
        <translation>Der echte Stem zum Vergleichen</translation>
    </message>
    <message>
        <source>The true {stem} of this song</source>
        <translation>Der echte Stem dieses Songs: {stem}</translation>
    </message>
    <message>
        <source>The true {stem}, as given by you, and how close each stage comes to it over the whole song. SDR is the level of the reference above what differs from it; more is better.</source>
        <translation>Der echte Stem ({stem}), wie hier angegeben, und wie nahe ihm jede Stufe über den ganzen Song kommt. SDR ist der Pegel der Referenz über dem, was von ihr abweicht; mehr ist besser.</translation>
    </message>
    <message>
        <source>Their levels among themselves are unchanged: together with the residual, the stems add up to the song.</source>
        <translation>Die Pegel untereinander sind unverändert: Mit dem Residuum ergeben die Stems zusammen den Song.</translation>
    </message>
    <message>
        <source>Their stems stay in the library</source>
        <translation>Ihre Stems bleiben in der Bibliothek</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farbschema</translation>
    </message>
    <message>
        <source>There are files in the way</source>
        <translation>Es sind Dateien im Weg</translation>
    </message>
    <message>
        <source>There is no usable model</source>
        <translation>Es gibt kein brauchbares Modell</translation>
    </message>
    <message>
        <source>There is no {field}: the fields are {known}.</source>
        <translation>{field} gibt es nicht: Die Felder sind {known}.</translation>
    </message>
    <message>
        <source>There is no {file} any more.</source>
        <translation>{file} gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>There is nothing to compare</source>
        <translation>Es gibt nichts zu vergleichen</translation>
    </message>
    <message>
        <source>There is nothing to drag</source>
        <translation>Es gibt nichts zu ziehen</translation>
    </message>
    <message>
        <source>This file cannot be the reference</source>
        <translation>Diese Datei kann nicht die Referenz sein</translation>
    </message>
    <message>
        <source>This is longer than {time} and hard to keep in mind; a loop of 3 to 10 s works best.</source>
        <translation>Das ist länger als {time} und schwer zu merken; ein Loop von 3 bis 10 s eignet sich am besten.</translation>
    </message>
    <message>
        <source>This is shorter than {time} and hard to judge; a loop of 3 to 10 s works best.</source>
        <translation>Das ist kürzer als {time} und schwer zu beurteilen; ein Loop von 3 bis 10 s eignet sich am besten.</translation>
    </message>
    <message>
        <source>This song cannot be read</source>
        <translation>Dieser Song lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>Time ruler</source>
        <translation>Zeitlineal</translation>
    </message>
    <message>
        <source>Time ruler, loop from {start} to {stop}, off</source>
        <translation>Zeitlineal, Loop von {start} bis {stop}, aus</translation>
    </message>
    <message>
        <source>Time ruler, loop from {start} to {stop}, on</source>
        <translation>Zeitlineal, Loop von {start} bis {stop}, an</translation>
    </message>
    <message>
        <source>To the &amp;end</source>
        <translation>Zum &amp;Ende</translation>
    </message>
    <message>
        <source>To the &amp;start</source>
        <translation>Zum An&amp;fang</translation>
    </message>
    <message>
        <source>Trial {number} of {count}</source>
        <translation>Durchgang {number} von {count}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Try again. If it happens again, please report it: Help, Save a support file has the details.</source>
        <translation>Noch einmal versuchen. Wenn es wieder geschieht, bitte melden; die Details stehen in der Datei von Hilfe, Support-Datei speichern.</translation>
    </message>
    <message>
        <source>Try again. If it stops again, close other programs, or choose another model under “Preferences…”.</source>
        <translation>Noch einmal versuchen. Wenn er wieder abstürzt, andere Programme schließen oder unter „Einstellungen…“ ein anderes Modell wählen.</translation>
    </message>
    <message>
        <source>Try the &amp;demo song</source>
        <translation>&amp;Demo-Song ausprobieren</translation>
    </message>
    <message>
        <source>Try the demo song</source>
        <translation>Demo-Song ausprobieren</translation>
    </message>
    <message>
        <source>Twice as many beats</source>
        <translation>Doppelt so viele Schläge</translation>
    </message>
    <message>
        <source>Up, Down</source>
        <translation>Hoch, Runter</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Verwenden</translation>
    </message>
    <message>
        <source>Use as reference for {stem}</source>
        <translation>Als Referenz für {stem} verwenden</translation>
    </message>
    <message>
        <source>Visible part of the song</source>
        <translation>Sichtbarer Teil des Songs</translation>
    </message>
    <message>
        <source>Vocals</source>
        <translation>Gesang</translation>
    </message>
    <message>
        <source>W&amp;hat A is</source>
        <translation>Was A &amp;ist</translation>
    </message>
    <message>
        <source>WAITING FOR ITS TURN</source>
        <translation>WARTET, BIS ER AN DER REIHE IST</translation>
    </message>
    <message>
        <source>WAV, 16 bit</source>
        <translation>WAV, 16 Bit</translation>
    </message>
    <message>
        <source>WAV, 24 bit</source>
        <translation>WAV, 24 Bit</translation>
    </message>
    <message>
        <source>WAV, 32 bit float</source>
        <translation>WAV, 32 Bit Float</translation>
    </message>
    <message>
        <source>WAV, as deep as the song</source>
        <translation>WAV, Bittiefe wie der Song</translation>
    </message>
    <message>
        <source>WHAT</source>
        <translation>WAS</translation>
    </message>
    <message>
        <source>WHERE AND NAMES</source>
        <translation>ORT UND NAMEN</translation>
    </message>
    <message>
        <source>WINDOW</source>
        <translation>FENSTER</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Waiting until this part is split</source>
        <translation>Wartet, bis diese Stelle getrennt ist</translation>
    </message>
    <message>
        <source>Waveform and spectrogram</source>
        <translation>Wellenform und Spektrogramm</translation>
    </message>
    <message>
        <source>Waveform only</source>
        <translation>Nur Wellenform</translation>
    </message>
    <message>
        <source>Waveform&apos;s share</source>
        <translation>Anteil der Wellenform</translation>
    </message>
    <message>
        <source>What B &amp;is</source>
        <translation>Was B is&amp;t</translation>
    </message>
    <message>
        <source>What has come of a download stays for the next time.</source>
        <translation>Was von einem Download schon da ist, bleibt für das nächste Mal.</translation>
    </message>
    <message>
        <source>What is “{file}”?</source>
        <translation>Was ist „{file}“?</translation>
    </message>
    <message>
        <source>What plays differs from the song by {level} full scale</source>
        <translation>Was zu hören ist, weicht um {level} (Vollaussteuerung) vom Song ab</translation>
    </message>
    <message>
        <source>What plays is the song: the difference is {level}</source>
        <translation>Zu hören ist der Song: Die Differenz beträgt {level}</translation>
    </message>
    <message>
        <source>What the faders make now: {words}</source>
        <translation>Was die Fader jetzt ergeben: {words}</translation>
    </message>
    <message>
        <source>What the song on show was split on and why, and what the window and the engine use now.</source>
        <translation>Worauf der gezeigte Song getrennt wurde und warum, und was Fenster und Trennung jetzt belegen.</translation>
    </message>
    <message>
        <source>What was to be compared is no longer in the library</source>
        <translation>Was verglichen werden sollte, ist nicht mehr in der Bibliothek</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Mausrad</translation>
    </message>
    <message>
        <source>When files are there already</source>
        <translation>Wenn Dateien schon da sind</translation>
    </message>
    <message>
        <source>When there is no room, what was not opened for longest is deleted; songs in the list stay</source>
        <translation>Wenn der Platz nicht reicht, wird das am längsten nicht Geöffnete gelöscht; Songs in der Liste bleiben</translation>
    </message>
    <message>
        <source>Why this device</source>
        <translation>Warum dieses Gerät</translation>
    </message>
    <message>
        <source>Windows takes paths of {most} characters, and this has {length}</source>
        <translation>Windows nimmt Pfade von {most} Zeichen, und dieser hat {length}</translation>
    </message>
    <message>
        <source>With the names of my songs and folders</source>
        <translation>Mit den Namen meiner Songs und Ordner</translation>
    </message>
    <message>
        <source>Without a loop: in the whole song</source>
        <translation>Ohne Loop: im ganzen Song</translation>
    </message>
    <message>
        <source>Without the reference of {stems}, which is no part of the song</source>
        <translation>Ohne die Referenz für {stems}, die nicht Teil des Songs ist</translation>
    </message>
    <message>
        <source>Without this, every name is replaced by a mark such as file-1a2b3c4d.wav</source>
        <translation>Ohne das wird jeder Name durch ein Kennzeichen wie file-1a2b3c4d.wav ersetzt</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>Arbeitet</translation>
    </message>
    <message>
        <source>Write one row for each trial to a CSV file</source>
        <translation>Eine Zeile je Durchgang in eine CSV-Datei schreiben</translation>
    </message>
    <message>
        <source>Write only the files that are not there</source>
        <translation>Nur die Dateien schreiben, die noch nicht da sind</translation>
    </message>
    <message>
        <source>Write over the files that are there</source>
        <translation>Die vorhandenen Dateien überschreiben</translation>
    </message>
    <message>
        <source>Write the files (Enter)</source>
        <translation>Die Dateien schreiben (Eingabe)</translation>
    </message>
    <message>
        <source>Writing the file: keep hold of it, or drag again in a moment</source>
        <translation>Die Datei wird geschrieben: weiter festhalten oder gleich noch einmal ziehen</translation>
    </message>
    <message>
        <source>Writing the file: {percent} %</source>
        <translation>Datei wird geschrieben: {percent} %</translation>
    </message>
    <message>
        <source>X is A, X is B</source>
        <translation>X ist A, X ist B</translation>
    </message>
    <message>
        <source>X is {guess}</source>
        <translation>X ist {guess}</translation>
    </message>
    <message>
        <source>You hear a difference</source>
        <translation>Der Unterschied ist zu hören</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Ver&amp;größern</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Ver&amp;kleinern</translation>
    </message>
    <message>
        <source>Zoom to the &amp;loop</source>
        <translation>Auf den &amp;Loop zoomen</translation>
    </message>
    <message>
        <source>a fault of this program, please report it: {summary}</source>
        <translation>ein Fehler dieses Programms, bitte melden: {summary}</translation>
    </message>
    <message>
        <source>a few seconds left</source>
        <translation>gleich fertig</translation>
    </message>
    <message>
        <source>a file of that name is in the way</source>
        <translation>eine Datei dieses Namens ist im Weg</translation>
    </message>
    <message>
        <source>a file without suffix</source>
        <translation>eine Datei ohne Endung</translation>
    </message>
    <message>
        <source>a folder of that name is in the way</source>
        <translation>ein Ordner dieses Namens ist im Weg</translation>
    </message>
    <message>
        <source>a model cannot be named {name!r}; choose a name of letters, digits, - and _ with --name, such as my-model</source>
        <translation>ein Modell kann nicht {name!r} heißen; mit --name einen Namen aus Buchstaben ohne Umlaute, Ziffern, - und _ wählen, etwa mein-modell</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>noch etwa {time}</translation>
    </message>
    <message>
        <source>add it again</source>
        <translation>wieder hinzufügen</translation>
    </message>
    <message>
        <source>and</source>
        <translation>und</translation>
    </message>
    <message numerus="yes">
        <source>and %n more (see Details)</source>
        <translation>
            <numerusform>und %n weiteres (siehe Details)</numerusform>
            <numerusform>und %n weitere (siehe Details)</numerusform>
        </translation>
    </message>
    <message>
        <source>another Bandsaw is working on the model {name!r}; wait until it is done</source>
        <translation>ein anderes Bandsaw arbeitet an dem Modell {name!r}; warten, bis es fertig ist</translation>
    </message>
    <message>
        <source>another program has that file open; close it there first</source>
        <translation>ein anderes Programm hat diese Datei geöffnet; sie dort erst schließen</translation>
    </message>
    <message>
        <source>another program is writing it; wait until that is done</source>
        <translation>ein anderes Programm schreibt sie gerade; warten, bis es fertig ist</translation>
    </message>
    <message>
        <source>available</source>
        <translation>erhältlich</translation>
    </message>
    <message>
        <source>average</source>
        <translation>Durchschnitt</translation>
    </message>
    <message>
        <source>balanced</source>
        <translation>ausgewogen</translation>
    </message>
    <message>
        <source>below −100 dB</source>
        <translation>unter −100 dB</translation>
    </message>
    <message>
        <source>best</source>
        <translation>beste</translation>
    </message>
    <message>
        <source>both are equally loud</source>
        <translation>beide sind gleich laut</translation>
    </message>
    <message>
        <source>bpm</source>
        <translation>bpm</translation>
    </message>
    <message>
        <source>cannot download {name!r}: {reason}</source>
        <translation>{name!r} lässt sich nicht herunterladen: {reason}</translation>
    </message>
    <message>
        <source>cannot use {name!r}: {reason}</source>
        <translation>{name!r} ist nicht verwendbar: {reason}</translation>
    </message>
    <message>
        <source>cannot write {path}: {reason}</source>
        <translation>{path} lässt sich nicht schreiben: {reason}</translation>
    </message>
    <message>
        <source>checking the file</source>
        <translation>die Datei wird geprüft</translation>
    </message>
    <message>
        <source>click</source>
        <translation>Klick</translation>
    </message>
    <message>
        <source>clipped</source>
        <translation>übersteuert</translation>
    </message>
    <message>
        <source>clipped, highest peak {level}</source>
        <translation>übersteuert, höchste Spitze {level}</translation>
    </message>
    <message>
        <source>close a dialog</source>
        <translation>einen Dialog schließen</translation>
    </message>
    <message>
        <source>close other programs and try again</source>
        <translation>andere Programme schließen und noch einmal versuchen</translation>
    </message>
    <message>
        <source>copying the file</source>
        <translation>die Datei wird kopiert</translation>
    </message>
    <message>
        <source>cpu (1 thread)</source>
        <translation>cpu (1 Thread)</translation>
    </message>
    <message>
        <source>cpu ({count} threads)</source>
        <translation>cpu ({count} Threads)</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>beschädigt</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>download it again</source>
        <translation>neu herunterladen</translation>
    </message>
    <message>
        <source>download it again to go on after {amount:.1f} MB</source>
        <translation>noch einmal herunterladen, dann geht es nach {amount:.1f} MB weiter</translation>
    </message>
    <message>
        <source>download or copy it again, or use another file</source>
        <translation>neu herunterladen oder kopieren, oder eine andere Datei nehmen</translation>
    </message>
    <message>
        <source>downloading</source>
        <translation>wird heruntergeladen</translation>
    </message>
    <message>
        <source>even one segment needs more memory than there is; close other programs first</source>
        <translation>schon ein einziger Abschnitt braucht mehr Speicher, als da ist; erst andere Programme schließen</translation>
    </message>
    <message>
        <source>exit code {code}</source>
        <translation>Exit-Code {code}</translation>
    </message>
    <message>
        <source>fast</source>
        <translation>schnell</translation>
    </message>
    <message>
        <source>files or folders anywhere: split them; one file on a lane: use it as its reference</source>
        <translation>Dateien oder Ordner irgendwo: trennen; eine Datei auf einer Spur: als deren Referenz verwenden</translation>
    </message>
    <message>
        <source>from the next start on</source>
        <translation>ab dem nächsten Start</translation>
    </message>
    <message>
        <source>get it with: bandsaw models download {name}</source>
        <translation>herunterladen mit: bandsaw models download {name}</translation>
    </message>
    <message>
        <source>get its file by hand ({source}), then: bandsaw models add FILE --name {name}</source>
        <translation>die Datei von Hand besorgen ({source}), dann: bandsaw models add DATEI --name {name}</translation>
    </message>
    <message>
        <source>getting ready for this processor, at every start, because {folder} cannot be written</source>
        <translation>Vorbereitung auf diesen Prozessor, bei jedem Start, weil {folder} sich nicht beschreiben lässt</translation>
    </message>
    <message>
        <source>getting ready for this processor, which happens only once</source>
        <translation>Vorbereitung auf diesen Prozessor, nur dieses eine Mal</translation>
    </message>
    <message>
        <source>has a stem named {stem!r}, which cannot be a file&apos;s name</source>
        <translation>nennt einen Stem {stem!r}, und so kann keine Datei heißen</translation>
    </message>
    <message>
        <source>has an unknown parameter {name}</source>
        <translation>hat einen unbekannten Parameter {name}</translation>
    </message>
    <message>
        <source>has {name} in {kind}</source>
        <translation>hat {name} in {kind}</translation>
    </message>
    <message>
        <source>has {name} of shape {shape} instead of {wanted}</source>
        <translation>hat {name} in der Form {shape} statt {wanted}</translation>
    </message>
    <message>
        <source>hear one, the other, the unknown one</source>
        <translation>das eine, das andere, das unbekannte hören</translation>
    </message>
    <message>
        <source>highest peak {level}</source>
        <translation>höchste Spitze {level}</translation>
    </message>
    <message>
        <source>in the list of songs</source>
        <translation>in der Liste der Songs</translation>
    </message>
    <message>
        <source>in the list of songs: another song; on a level or pan: one step</source>
        <translation>in der Songliste: ein anderer Song; auf Pegel oder Pan: ein Schritt</translation>
    </message>
    <message>
        <source>installed</source>
        <translation>installiert</translation>
    </message>
    <message>
        <source>it cannot be opened ({reason})</source>
        <translation>lässt sich nicht öffnen ({reason})</translation>
    </message>
    <message>
        <source>it cannot be read ({words})</source>
        <translation>sie lässt sich nicht lesen ({words})</translation>
    </message>
    <message>
        <source>it does not exist</source>
        <translation>es gibt sie nicht</translation>
    </message>
    <message>
        <source>it has no parameter {name}</source>
        <translation>der Parameter {name} fehlt</translation>
    </message>
    <message>
        <source>it has {channels} channels, and at most {most} can be used</source>
        <translation>sie hat {channels} Kanäle, und höchstens {most} sind möglich</translation>
    </message>
    <message>
        <source>it has {its} channels, and the song {songs}</source>
        <translation>sie hat {its} Kanäle, und der Song {songs}</translation>
    </message>
    <message>
        <source>it holds no samples</source>
        <translation>sie enthält keine Samples</translation>
    </message>
    <message>
        <source>it is a folder</source>
        <translation>es ist ein Ordner</translation>
    </message>
    <message>
        <source>it is damaged and cannot be read on from about {time}</source>
        <translation>sie ist beschädigt und ab etwa {time} nicht mehr lesbar</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>sie ist leer</translation>
    </message>
    <message>
        <source>it is longer than the song, which lasts {seconds:.2f} s</source>
        <translation>sie ist länger als der Song, der {seconds:.2f} s dauert</translation>
    </message>
    <message>
        <source>it is no longer there</source>
        <translation>ist nicht mehr da</translation>
    </message>
    <message>
        <source>it is not a file</source>
        <translation>ist keine Datei</translation>
    </message>
    <message>
        <source>it is not an ordinary file</source>
        <translation>es ist keine gewöhnliche Datei</translation>
    </message>
    <message>
        <source>it is not there</source>
        <translation>ist nicht da</translation>
    </message>
    <message>
        <source>it is the fastest device here</source>
        <translation>es ist das schnellste Gerät hier</translation>
    </message>
    <message>
        <source>it lasts {its:.2f} s, and the song {songs:.2f} s</source>
        <translation>sie dauert {its:.2f} s, und der Song {songs:.2f} s</translation>
    </message>
    <message>
        <source>it was killed, most likely because memory ran out</source>
        <translation>sie wurde beendet, wahrscheinlich weil der Speicher ausging</translation>
    </message>
    <message>
        <source>it was requested</source>
        <translation>so gewählt</translation>
    </message>
    <message>
        <source>it was written to while it was read; wait until that is done</source>
        <translation>während des Lesens wurde hineingeschrieben; warten, bis das fertig ist</translation>
    </message>
    <message>
        <source>its address {url} is not https, so that its file could be changed on its way</source>
        <translation>die Adresse {url} ist nicht https, so dass die Datei unterwegs verändert werden könnte</translation>
    </message>
    <message>
        <source>its file cannot be read ({words})</source>
        <translation>die Datei lässt sich nicht lesen ({words})</translation>
    </message>
    <message>
        <source>its file has not the size that it had when it was added</source>
        <translation>die Datei hat nicht mehr die Größe wie beim Hinzufügen</translation>
    </message>
    <message>
        <source>its file is damaged, for it is not what it was when it was added</source>
        <translation>die Datei ist beschädigt, denn sie ist nicht mehr wie beim Hinzufügen</translation>
    </message>
    <message>
        <source>its file is damaged; install this program again</source>
        <translation>die Datei ist beschädigt; dieses Programm neu installieren</translation>
    </message>
    <message>
        <source>its file is missing</source>
        <translation>die Datei fehlt</translation>
    </message>
    <message>
        <source>its folder is a file</source>
        <translation>der Ordner ist eine Datei</translation>
    </message>
    <message>
        <source>its folder is gone</source>
        <translation>den Ordner gibt es nicht mehr</translation>
    </message>
    <message>
        <source>its kernels passed their self-test (error {error:.1e})</source>
        <translation>die Kernel bestanden ihren Selbsttest (Fehler {error:.1e})</translation>
    </message>
    <message>
        <source>its parameters&apos; shapes make no sense</source>
        <translation>die Formen der Parameter ergeben keinen Sinn</translation>
    </message>
    <message>
        <source>its record {file} cannot be read</source>
        <translation>der Eintrag {file} lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>its sample rate of {rate} Hz is outside {least}-{most} kHz</source>
        <translation>die Abtastrate von {rate} Hz liegt nicht zwischen {least} und {most} kHz</translation>
    </message>
    <message>
        <source>known once a song has been split</source>
        <translation>bekannt, sobald ein Song getrennt wurde</translation>
    </message>
    <message>
        <source>lacks {name}</source>
        <translation>hat {name} nicht</translation>
    </message>
    <message>
        <source>leave the test</source>
        <translation>den Test verlassen</translation>
    </message>
    <message>
        <source>less than 0.1 %</source>
        <translation>weniger als 0,1 %</translation>
    </message>
    <message>
        <source>level difference</source>
        <translation>Pegeldifferenz</translation>
    </message>
    <message>
        <source>loudest {tone} {level}</source>
        <translation>am lautesten {tone} {level}</translation>
    </message>
    <message>
        <source>mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>mask + residual</source>
        <translation>Maske + Residuum</translation>
    </message>
    <message>
        <source>memory ran out on {device}</source>
        <translation>der Speicher ging aus auf {device}</translation>
    </message>
    <message>
        <source>memory ran out on {device}: going on in bfloat16</source>
        <translation>der Speicher ging aus auf {device}: weiter in bfloat16</translation>
    </message>
    <message>
        <source>memory ran out: going on with {count} segments at a time</source>
        <translation>der Speicher ging aus: weiter mit {count} Abschnitten auf einmal</translation>
    </message>
    <message>
        <source>miniaudio is missing ({reason})</source>
        <translation>miniaudio fehlt ({reason})</translation>
    </message>
    <message>
        <source>mono</source>
        <translation>mono</translation>
    </message>
    <message>
        <source>move left and right</source>
        <translation>nach links und rechts</translation>
    </message>
    <message>
        <source>muted</source>
        <translation>stumm</translation>
    </message>
    <message>
        <source>muted here</source>
        <translation>hier stumm</translation>
    </message>
    <message>
        <source>names {count} stems for {outputs} outputs</source>
        <translation>nennt {count} Stems für {outputs} Ausgänge</translation>
    </message>
    <message>
        <source>next, previous control</source>
        <translation>nächstes, voriges Bedienelement</translation>
    </message>
    <message>
        <source>no audio that can be read was found in it</source>
        <translation>kein lesbares Audio darin gefunden</translation>
    </message>
    <message>
        <source>no drop-outs</source>
        <translation>keine Aussetzer</translation>
    </message>
    <message>
        <source>no peak yet</source>
        <translation>noch keine Spitze</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>kein Bild</translation>
    </message>
    <message>
        <source>no picture of this signal</source>
        <translation>kein Bild dieses Signals</translation>
    </message>
    <message>
        <source>no sound device</source>
        <translation>kein Ausgabegerät</translation>
    </message>
    <message>
        <source>not installed</source>
        <translation>nicht installiert</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
    <message>
        <source>not known on this system</source>
        <translation>auf diesem System nicht bekannt</translation>
    </message>
    <message>
        <source>of {length}</source>
        <translation>von {length}</translation>
    </message>
    <message>
        <source>on S: solo only this lane</source>
        <translation>auf S: nur diese Spur solo</translation>
    </message>
    <message>
        <source>on a lane or the ruler: move the playhead there; on a strip: focus it</source>
        <translation>auf eine Spur oder das Lineal: Abspielposition dorthin; auf einen Kanalzug: Fokus</translation>
    </message>
    <message>
        <source>on a level: back to 0 dB; on the bar of a comp or a muted range: remove it</source>
        <translation>auf einen Pegel: zurück auf 0 dB; auf den Balken eines Comps oder stummen Bereichs: ihn entfernen</translation>
    </message>
    <message>
        <source>on a level: in steps of 1 dB, with Shift 0.1 dB; elsewhere: more lanes</source>
        <translation>auf einem Pegel: in Schritten von 1 dB, mit Umschalt 0,1 dB; sonst: weitere Spuren</translation>
    </message>
    <message>
        <source>on the bar of a comp or a muted range: what can be done with it</source>
        <translation>auf den Balken eines Comps oder stummen Bereichs: was man damit tun kann</translation>
    </message>
    <message>
        <source>on the ruler: a loop; on a border of a comp or a muted range: move it, Esc gives up</source>
        <translation>auf dem Zeitlineal: ein Loop; an der Grenze eines Comps oder stummen Bereichs: sie verschieben, Esc bricht ab</translation>
    </message>
    <message>
        <source>one of the two is silent in this range, so they cannot be made equally loud</source>
        <translation>eine der beiden Seiten ist in diesem Bereich still, also lassen sie sich nicht gleich laut machen</translation>
    </message>
    <message>
        <source>open the menus</source>
        <translation>die Menüs öffnen</translation>
    </message>
    <message>
        <source>or several, or a folder: anywhere on this window</source>
        <translation>oder mehrere, oder einen Ordner: irgendwo in diesem Fenster</translation>
    </message>
    <message>
        <source>or to split it: the next question decides</source>
        <translation>oder zum Trennen: die nächste Frage entscheidet</translation>
    </message>
    <message>
        <source>out of memory</source>
        <translation>der Speicher ging aus</translation>
    </message>
    <message>
        <source>part of Bandsaw</source>
        <translation>mitgeliefert</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>play or pause</source>
        <translation>abspielen oder anhalten</translation>
    </message>
    <message>
        <source>playhead at {time}</source>
        <translation>Abspielposition bei {time}</translation>
    </message>
    <message>
        <source>press the button that has the focus</source>
        <translation>den fokussierten Knopf drücken</translation>
    </message>
    <message>
        <source>quality {name}</source>
        <translation>Qualität {name}</translation>
    </message>
    <message>
        <source>reading it is not allowed</source>
        <translation>darf nicht gelesen werden</translation>
    </message>
    <message>
        <source>reading the weights</source>
        <translation>die Gewichte werden gelesen</translation>
    </message>
    <message>
        <source>real songs without bass</source>
        <translation>echten Songs ohne Bass</translation>
    </message>
    <message>
        <source>rendered songs</source>
        <translation>synthetischen Songs</translation>
    </message>
    <message>
        <source>semitones</source>
        <translation>Halbtöne</translation>
    </message>
    <message>
        <source>silent</source>
        <translation>still</translation>
    </message>
    <message>
        <source>stage {number}</source>
        <translation>Stufe {number}</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>beginnt</translation>
    </message>
    <message>
        <source>stereo</source>
        <translation>stereo</translation>
    </message>
    <message>
        <source>the Multisong set</source>
        <translation>den Multisong-Songs</translation>
    </message>
    <message>
        <source>the NVIDIA GPU refuses to work ({words})</source>
        <translation>die NVIDIA-Grafikkarte verweigert die Arbeit ({words})</translation>
    </message>
    <message>
        <source>the bundled model {name!r} cannot be used: {reason}</source>
        <translation>das mitgelieferte Modell {name!r} ist nicht verwendbar: {reason}</translation>
    </message>
    <message>
        <source>the connection to {host} broke off; {advice}</source>
        <translation>die Verbindung zu {host} brach ab; {advice}</translation>
    </message>
    <message>
        <source>the disk has {free:,.0f} MB free, and up to {needed:,.0f} MB are needed</source>
        <translation>auf dem Datenträger sind {free:,.0f} MB frei, und bis zu {needed:,.0f} MB werden gebraucht</translation>
    </message>
    <message>
        <source>the disk has {free:,.0f} MB left, and the file {total:,.0f} MB</source>
        <translation>auf dem Datenträger sind noch {free:,.0f} MB frei, und die Datei hat {total:,.0f} MB</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>der Datenträger ist voll</translation>
    </message>
    <message>
        <source>the disk is read-only</source>
        <translation>der Datenträger ist schreibgeschützt</translation>
    </message>
    <message>
        <source>the disk quota is used up</source>
        <translation>der zugeteilte Speicherplatz ist aufgebraucht</translation>
    </message>
    <message>
        <source>the disk reports: {words}</source>
        <translation>der Datenträger meldet: {words}</translation>
    </message>
    <message>
        <source>the encoder failed; is the disk full or failing?</source>
        <translation>die Kodierung ist fehlgeschlagen; ist der Datenträger voll oder defekt?</translation>
    </message>
    <message>
        <source>the engine process stopped unexpectedly ({cause}); nothing was written, please try again</source>
        <translation>die Trennung brach unerwartet ab ({cause}); nichts wurde geschrieben, bitte noch einmal versuchen</translation>
    </message>
    <message>
        <source>the file at {host} has {total:,} bytes, and the published one {wanted:,}</source>
        <translation>die Datei bei {host} hat {total:,} Bytes, und die veröffentlichte {wanted:,}</translation>
    </message>
    <message>
        <source>the file {file}</source>
        <translation>die Datei {file}</translation>
    </message>
    <message>
        <source>the loop, {length}</source>
        <translation>der Loop, {length}</translation>
    </message>
    <message>
        <source>the model hears 44.1 kHz, what is above 22 kHz is in the residual</source>
        <translation>das Modell hört 44,1 kHz, was über 22 kHz liegt, ist im Residuum</translation>
    </message>
    <message>
        <source>the model {name!r} cannot be used: {reason}; remove it and {again}</source>
        <translation>das Modell {name!r} ist nicht verwendbar: {reason}; entfernen und {again}</translation>
    </message>
    <message>
        <source>the model {name!r} comes with the program and cannot be removed</source>
        <translation>das Modell {name!r} gehört zum Programm und lässt sich nicht entfernen</translation>
    </message>
    <message>
        <source>the model {name!r} has no address to download it from; {advice}</source>
        <translation>für das Modell {name!r} ist keine Adresse bekannt; {advice}</translation>
    </message>
    <message>
        <source>the model {name!r} has no second stage; ask for stage 1</source>
        <translation>das Modell {name!r} hat keine zweite Stufe; Stufe 1 wählen</translation>
    </message>
    <message>
        <source>the model {name!r} has no stem {stem!r}, only {known}</source>
        <translation>das Modell {name!r} hat keinen Stem {stem!r}, nur {known}</translation>
    </message>
    <message>
        <source>the model {name!r} is not on this machine yet; {advice}</source>
        <translation>das Modell {name!r} ist noch nicht auf diesem Rechner; {advice}</translation>
    </message>
    <message>
        <source>the name is too long</source>
        <translation>der Name ist zu lang</translation>
    </message>
    <message>
        <source>the original</source>
        <translation>das Original</translation>
    </message>
    <message>
        <source>the residual</source>
        <translation>das Residuum</translation>
    </message>
    <message>
        <source>the separated signals of {name!r} are no longer complete: split it again</source>
        <translation>die getrennten Signale von {name!r} sind nicht mehr vollständig: den Song neu trennen</translation>
    </message>
    <message>
        <source>the whole song, {length}</source>
        <translation>der ganze Song, {length}</translation>
    </message>
    <message>
        <source>the {name} kernels cannot be used: {words}</source>
        <translation>die Kernel von {name} sind nicht verwendbar: {words}</translation>
    </message>
    <message>
        <source>the {name} kernels failed their self-test (error {error:.1e})</source>
        <translation>die Kernel von {name} bestanden ihren Selbsttest nicht (Fehler {error:.1e})</translation>
    </message>
    <message>
        <source>there already</source>
        <translation>schon da</translation>
    </message>
    <message>
        <source>there are no kernels for {device}</source>
        <translation>für {device} gibt es keine Kernel</translation>
    </message>
    <message>
        <source>there are no songs in this folder</source>
        <translation>in diesem Ordner sind keine Songs</translation>
    </message>
    <message>
        <source>there is a model named {name!r} already; remove it first or use another name</source>
        <translation>es gibt schon ein Modell namens {name!r}; es erst entfernen oder einen anderen Namen nehmen</translation>
    </message>
    <message>
        <source>there is a model named {name!r} already; use another name</source>
        <translation>es gibt schon ein Modell namens {name!r}; einen anderen Namen nehmen</translation>
    </message>
    <message>
        <source>there is no Apple GPU</source>
        <translation>es gibt keine Apple-Grafik</translation>
    </message>
    <message>
        <source>there is no connection to {host}; check the network and {advice}</source>
        <translation>es gibt keine Verbindung zu {host}; das Netzwerk prüfen und {advice}</translation>
    </message>
    <message>
        <source>there is no model file {name!r} and no model of that name; `bandsaw models list` shows those that there are</source>
        <translation>es gibt keine Modelldatei {name!r} und kein Modell dieses Namens; `bandsaw models list` zeigt, welche es gibt</translation>
    </message>
    <message>
        <source>there is no model file {path}; check the path</source>
        <translation>es gibt keine Modelldatei {path}; den Pfad prüfen</translation>
    </message>
    <message>
        <source>there is no model named {name!r} in {folder} that could be removed</source>
        <translation>in {folder} gibt es kein Modell namens {name!r}, das sich entfernen ließe</translation>
    </message>
    <message>
        <source>there is no model named {name!r}; `bandsaw models list` shows them</source>
        <translation>es gibt kein Modell namens {name!r}; `bandsaw models list` zeigt alle</translation>
    </message>
    <message>
        <source>there is no permission to read it</source>
        <translation>das Recht, sie zu lesen, fehlt</translation>
    </message>
    <message>
        <source>there is no permission to write there</source>
        <translation>das Recht, dort zu schreiben, fehlt</translation>
    </message>
    <message>
        <source>this PyTorch was built without CUDA</source>
        <translation>dieses PyTorch wurde ohne CUDA gebaut</translation>
    </message>
    <message>
        <source>this network cannot be computed on {device}</source>
        <translation>dieses Netz lässt sich nicht berechnen auf {device}</translation>
    </message>
    <message>
        <source>trying it out on a second of noise</source>
        <translation>wird an einer Sekunde Rauschen ausprobiert</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>wave {level}</source>
        <translation>Welle {level}</translation>
    </message>
    <message>
        <source>waveform and spectrogram</source>
        <translation>Wellenform und Spektrogramm</translation>
    </message>
    <message>
        <source>what was read back is not what was written; is the disk full or failing?</source>
        <translation>zurückgelesen wurde etwas anderes, als geschrieben wurde; ist der Datenträger voll oder defekt?</translation>
    </message>
    <message>
        <source>working on this song needs {needed} MB, and {free} MB are free</source>
        <translation>die Arbeit an diesem Lied braucht {needed} MB, und {free} MB sind frei</translation>
    </message>
    <message>
        <source>zoom at the pointer</source>
        <translation>am Mauszeiger zoomen</translation>
    </message>
    <message>
        <source>{amount} of memory</source>
        <translation>{amount} Speicher</translation>
    </message>
    <message>
        <source>{correct} of {count} answers were right; guessing does at least as well in {share} of such tests (p = {p}).</source>
        <translation>{correct} von {count} Antworten waren richtig; Raten ist in {share} solcher Tests mindestens so gut (p = {p}).</translation>
    </message>
    <message>
        <source>{count} samples are not numbers, or far too large, and were replaced by silence, the first at {time}.</source>
        <translation>{count} Samples sind keine Zahlen oder viel zu groß und wurden durch Stille ersetzt, das erste bei {time}.</translation>
    </message>
    <message>
        <source>{device} (not found)</source>
        <translation>{device} (nicht gefunden)</translation>
    </message>
    <message>
        <source>{device} has stopped</source>
        <translation>{device} ist verstummt</translation>
    </message>
    <message>
        <source>{device} is not connected</source>
        <translation>{device} ist nicht angeschlossen</translation>
    </message>
    <message>
        <source>{device} was requested but {reason}; choose another device, or auto</source>
        <translation>{device} war gewählt, aber {reason}; ein anderes Gerät wählen, oder auto</translation>
    </message>
    <message>
        <source>{device}; {backend}: {reason}</source>
        <translation>{device}; {backend}: {reason}</translation>
    </message>
    <message>
        <source>{difference} there</source>
        <translation>dort: {difference}</translation>
    </message>
    <message>
        <source>{difference}, in dB</source>
        <translation>{difference}, in dB</translation>
    </message>
    <message>
        <source>{doing}, {done} MB</source>
        <translation>{doing}, {done} MB</translation>
    </message>
    <message>
        <source>{doing}, {done} of {total} MB</source>
        <translation>{doing}, {done} von {total} MB</translation>
    </message>
    <message>
        <source>{doing}, {time} left</source>
        <translation>{doing}, noch {time}</translation>
    </message>
    <message>
        <source>{done} of {count} done</source>
        <translation>{done} von {count}</translation>
    </message>
    <message>
        <source>{factor}× real time</source>
        <translation>{factor}× Echtzeit</translation>
    </message>
    <message>
        <source>{facts}; click for {side}</source>
        <translation>{facts}; Klick für {side}</translation>
    </message>
    <message>
        <source>{fault} (and {count} more faults)</source>
        <translation>{fault} (und {count} weitere Fehler)</translation>
    </message>
    <message>
        <source>{file} cannot be added: --stems {fault}; name every output, each by another word</source>
        <translation>{file} lässt sich nicht hinzufügen: --stems {fault}; jeden Ausgang benennen, jeden mit einem anderen Wort</translation>
    </message>
    <message>
        <source>{file} cannot be read ({words}); check the file</source>
        <translation>{file} lässt sich nicht lesen ({words}); die Datei prüfen</translation>
    </message>
    <message>
        <source>{file} cannot be used: it made signals of shape {shape}, not {wanted}; {advice}</source>
        <translation>{file} ist nicht verwendbar: das Netz machte Signale der Form {shape}, nicht {wanted}; {advice}</translation>
    </message>
    <message>
        <source>{file} cannot be used: its metadata is of another version of this program ({words}); use the version that made it</source>
        <translation>{file} ist nicht verwendbar: die Metadaten sind von einer anderen Version dieses Programms ({words}); die Version nehmen, von der sie ist</translation>
    </message>
    <message>
        <source>{file} cannot be used: its network failed on noise ({reason}); {advice}</source>
        <translation>{file} ist nicht verwendbar: das Netz scheiterte an Rauschen ({reason}); {advice}</translation>
    </message>
    <message>
        <source>{file} changed while it was being added; try again</source>
        <translation>{file} änderte sich beim Hinzufügen; noch einmal versuchen</translation>
    </message>
    <message>
        <source>{file} does not fit {title}: it {fault}; {advice}</source>
        <translation>{file} passt nicht zu {title}: die Datei {fault}; {advice}</translation>
    </message>
    <message>
        <source>{file} does not say what its {count} outputs are; name them</source>
        <translation>{file} sagt nicht, was die {count} Ausgänge sind; sie benennen</translation>
    </message>
    <message>
        <source>{file} does not say which of its outputs is which stem. Below is the usual order; if the page that the file is from gives another one, choose that. With a wrong order stems are called by wrong names.</source>
        <translation>{file} sagt nicht, welcher Ausgang welcher Stem ist. Unten steht die übliche Reihenfolge; wenn die Seite, von der die Datei stammt, eine andere nennt, bitte diese wählen. In einer falschen Reihenfolge heißen die Stems falsch.</translation>
    </message>
    <message>
        <source>{file} holds no weights; {advice}</source>
        <translation>{file} enthält keine Gewichte; {advice}</translation>
    </message>
    <message>
        <source>{file} holds the weights of another kind of network; choose a checkpoint of {titles} or {last}</source>
        <translation>{file} enthält die Gewichte eines Netzes anderer Art; einen Checkpoint von {titles} oder {last} wählen</translation>
    </message>
    <message>
        <source>{file} is damaged or no PyTorch checkpoint; {advice}</source>
        <translation>{file} ist beschädigt oder kein PyTorch-Checkpoint; {advice}</translation>
    </message>
    <message>
        <source>{file} is damaged or no safetensors file; {advice}</source>
        <translation>{file} ist beschädigt oder keine safetensors-Datei; {advice}</translation>
    </message>
    <message>
        <source>{file} is damaged or not the published file of {name!r}: its SHA-256 is {sum} instead of {published}; get it again</source>
        <translation>{file} ist beschädigt oder nicht die veröffentlichte Datei von {name!r}: die SHA-256 ist {sum} statt {published}; die Datei neu besorgen</translation>
    </message>
    <message>
        <source>{file} is damaged: it makes NaN or infinite samples; {advice}</source>
        <translation>{file} ist beschädigt: das Netz macht Samples, die NaN oder unendlich sind; {advice}</translation>
    </message>
    <message>
        <source>{file} is for {rate} Hz, and {title} hears {wanted} Hz; {advice}</source>
        <translation>{file} ist für {rate} Hz, und {title} hört {wanted} Hz; {advice}</translation>
    </message>
    <message>
        <source>{file} is no checkpoint; choose a file whose name ends in {suffixes}</source>
        <translation>{file} ist kein Checkpoint; eine Datei wählen, deren Name auf {suffixes} endet</translation>
    </message>
    <message>
        <source>{file} is no whole {title} checkpoint: {fault}; {advice}</source>
        <translation>{file} ist kein ganzer Checkpoint von {title}: {fault}; {advice}</translation>
    </message>
    <message>
        <source>{file} is not {name!r}: it is {title} with {count:,} parameters instead of {wanted_title} with {wanted_count:,} parameters; add it under another name</source>
        <translation>{file} ist nicht {name!r}: es ist {title} mit {count:,} Parametern statt {wanted_title} mit {wanted_count:,} Parametern; unter einem anderen Namen hinzufügen</translation>
    </message>
    <message>
        <source>{file} is ready to be dragged</source>
        <translation>{file} kann jetzt gezogen werden</translation>
    </message>
    <message>
        <source>{file} is refused: it holds more than weights, which could run code, or is damaged; get a file of the weights alone</source>
        <translation>{file} wird abgelehnt: die Datei enthält mehr als Gewichte, was Code ausführen könnte, oder ist beschädigt; eine Datei nur mit den Gewichten besorgen</translation>
    </message>
    <message>
        <source>{file} is there already, as the model {name!r}; use that one</source>
        <translation>{file} ist schon da, als Modell {name!r}; dieses nehmen</translation>
    </message>
    <message>
        <source>{file} {fault}; {advice}</source>
        <translation>{file} {fault}; {advice}</translation>
    </message>
    <message>
        <source>{first}; {second}</source>
        <translation>{first}; {second}</translation>
    </message>
    <message>
        <source>{format} cannot hold {rate} Hz, so the files are at {file_rate} Hz.</source>
        <translation>{format} fasst keine {rate} Hz, deshalb haben die Dateien {file_rate} Hz.</translation>
    </message>
    <message>
        <source>{format} holds at most {most} channels, and this song has {channels}; choose WAV or FLAC</source>
        <translation>{format} fasst höchstens {most} Kanäle, und dieser Song hat {channels}; WAV oder FLAC wählen</translation>
    </message>
    <message>
        <source>{host} could not prove who it is ({words})</source>
        <translation>{host} konnte sich nicht ausweisen ({words})</translation>
    </message>
    <message>
        <source>{host} has no such file (HTTP {code}); see {source}</source>
        <translation>{host} hat diese Datei nicht (HTTP {code}); siehe {source}</translation>
    </message>
    <message>
        <source>{host} refused (HTTP {code}); try again later</source>
        <translation>{host} lehnte ab (HTTP {code}); später noch einmal versuchen</translation>
    </message>
    <message>
        <source>{host} said nothing for {seconds:g} seconds; {advice}</source>
        <translation>{host} schwieg {seconds:g} Sekunden lang; {advice}</translation>
    </message>
    <message>
        <source>{host} sent another part than it was asked for; start it again</source>
        <translation>{host} schickte einen anderen Teil als den verlangten; neu beginnen</translation>
    </message>
    <message>
        <source>{lane} has no border to move there</source>
        <translation>{lane} hat keine Grenze, die dorthin kann</translation>
    </message>
    <message>
        <source>{lane} has no comp</source>
        <translation>{lane} hat keinen Comp</translation>
    </message>
    <message>
        <source>{lane} has no comp, no delta and no muted ranges</source>
        <translation>{lane} hat weder Comp noch Delta noch stumme Bereiche</translation>
    </message>
    <message>
        <source>{lane} has no muted ranges</source>
        <translation>{lane} hat keine stummen Bereiche</translation>
    </message>
    <message>
        <source>{lane} has no range at the playhead</source>
        <translation>{lane} hat keinen Bereich an der Abspielposition</translation>
    </message>
    <message>
        <source>{lane} has no reference</source>
        <translation>{lane} hat keine Referenz</translation>
    </message>
    <message>
        <source>{lane} sounds like that already</source>
        <translation>{lane} klingt schon so</translation>
    </message>
    <message numerus="yes">
        <source>{machine}, %n cores</source>
        <translation>
            <numerusform>{machine}, %n Kern</numerusform>
            <numerusform>{machine}, %n Kerne</numerusform>
        </translation>
    </message>
    <message>
        <source>{minutes}:{seconds:05.2f}</source>
        <translation>{minutes}:{seconds:05.2f}</translation>
    </message>
    <message>
        <source>{model} can be compared now: see menu Compare</source>
        <translation>{model} lässt sich jetzt vergleichen: siehe Menü Vergleichen</translation>
    </message>
    <message>
        <source>{name!r} does not fit this song: {reason}</source>
        <translation>{name!r} passt nicht zu diesem Song: {reason}</translation>
    </message>
    <message>
        <source>{number}: X was {x}, you said {answer}</source>
        <translation>{number}: X war {x}, Antwort {answer}</translation>
    </message>
    <message>
        <source>{number}: X was {x}, you said {answer} (wrong)</source>
        <translation>{number}: X war {x}, Antwort {answer} (falsch)</translation>
    </message>
    <message>
        <source>{output}: {dropouts} in this song, buffer of {length} ms</source>
        <translation>{output}: {dropouts} in diesem Song, Puffer von {length} ms</translation>
    </message>
    <message>
        <source>{path} already exists: choose to overwrite it or to skip songs that are done</source>
        <translation>{path} gibt es schon: Überschreiben wählen oder fertige Songs überspringen</translation>
    </message>
    <message>
        <source>{reason} and are faster here than those of {others}</source>
        <translation>{reason} und sind hier schneller als die von {others}</translation>
    </message>
    <message>
        <source>{reason}: going on with the CPU</source>
        <translation>{reason}: weiter mit dem Prozessor</translation>
    </message>
    <message>
        <source>{reason}; a reference is the same recording, from its start to its end</source>
        <translation>{reason}; eine Referenz ist dieselbe Aufnahme, von Anfang bis Ende</translation>
    </message>
    <message>
        <source>{second} − {first}</source>
        <translation>{second} − {first}</translation>
    </message>
    <message>
        <source>{side} does not split off {stem}: it is part of {rest}</source>
        <translation>{side} trennt {stem} nicht ab: ist Teil von {rest}</translation>
    </message>
    <message>
        <source>{side} has no {stem}, and so no file of it.</source>
        <translation>{side} hat kein {stem} und daher keine Datei davon.</translation>
    </message>
    <message>
        <source>{side} is {level} louder</source>
        <translation>{side} ist {level} lauter</translation>
    </message>
    <message>
        <source>{side} is {level} softer</source>
        <translation>{side} ist {level} leiser</translation>
    </message>
    <message>
        <source>{speed} on {device}</source>
        <translation>{speed} auf {device}</translation>
    </message>
    <message>
        <source>{state}, in use</source>
        <translation>{state}, in Gebrauch</translation>
    </message>
    <message>
        <source>{stem} level</source>
        <translation>{stem}: Pegel</translation>
    </message>
    <message>
        <source>{stem} meter</source>
        <translation>{stem}: Pegelanzeige</translation>
    </message>
    <message>
        <source>{stem} pan</source>
        <translation>{stem}: Pan</translation>
    </message>
    <message>
        <source>{stem} sounds as {what}</source>
        <translation>{stem} klingt als {what}</translation>
    </message>
    <message>
        <source>{stem} strip</source>
        <translation>{stem}: Kanalzug</translation>
    </message>
    <message>
        <source>{stem}, reference</source>
        <translation>{stem}, Referenz</translation>
    </message>
    <message>
        <source>{stem}: click or press {number} to focus, then M mutes and S solos; drag it out as a file</source>
        <translation>{stem}: klicken oder {number} drücken gibt den Fokus, dann M für stumm, S für solo; als Datei herausziehen</translation>
    </message>
    <message>
        <source>{suffix} is not a sound format Bandsaw knows</source>
        <translation>{suffix} ist kein Tonformat, das Bandsaw kennt</translation>
    </message>
    <message>
        <source>{what} from {start} to {stop}</source>
        <translation>{what} von {start} bis {stop}</translation>
    </message>
    <message>
        <source>{what} {metric} on {songs} {db} dB</source>
        <translation>{what}: {metric} {db} dB bei {songs}</translation>
    </message>
    <message>
        <source>{what} · comp sounding</source>
        <translation>{what} · Comp klingt</translation>
    </message>
    <message>
        <source>{what} · delta sounding</source>
        <translation>{what} · Delta klingt</translation>
    </message>
    <message>
        <source>{what} · reference sounding</source>
        <translation>{what} · Referenz klingt</translation>
    </message>
    <message>
        <source>{what} · sounding</source>
        <translation>{what} · klingt</translation>
    </message>
    <message>
        <source>{what}, from {low} to {high}</source>
        <translation>{what}, von {low} bis {high}</translation>
    </message>
    <message>
        <source>“{file}” is the reference of {stem}.</source>
        <translation>„{file}“ ist die Referenz für {stem}.</translation>
    </message>
    <message>
        <source>“{song}” could not be split</source>
        <translation>„{song}“ konnte nicht getrennt werden</translation>
    </message>
    <message>
        <source>“{song}” is being split.</source>
        <translation>„{song}“ wird gerade getrennt.</translation>
    </message>
    <message>
        <source>“{song}” is in the list already</source>
        <translation>„{song}“ ist schon in der Liste</translation>
    </message>
    <message>
        <source>“{song}” is in the list to be split with {model}</source>
        <translation>„{song}“ steht in der Liste und wird mit {model} getrennt</translation>
    </message>
    <message>
        <source>“{song}” is ready</source>
        <translation>„{song}“ ist fertig</translation>
    </message>
    <message>
        <source>“{song}” is ready.</source>
        <translation>„{song}“ ist fertig.</translation>
    </message>
    <message>
        <source>“{song}” was split before; its stems are from the library</source>
        <translation>„{song}“ wurde schon einmal getrennt; die Stems sind aus der Bibliothek</translation>
    </message>
    <message>
        <source>≠ song {level}</source>
        <translation>≠ Song {level}</translation>
    </message>
</context>
</TS>
