<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name></name>
    <message numerus="yes">
        <source>%n channels</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n drop-outs</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files were written.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n files, about {size}</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n items cannot be split.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n of these files are in “{folder}” already. What shall happen to them?</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n songs, {size} of</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n trials</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n were there already and stayed.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;About Bandsaw</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Add songs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Brightest level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Clear the lane&apos;s comp</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Clear this list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Compare stages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Darkest level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Device and memory…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Export stems…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Focus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Forget the loop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Frequency axis</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;If files exist</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Keys and mouse…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Lanes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Library of split songs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Loop on or off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Louder by 1 dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Mute focused lane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Next song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Normal speed and pitch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Output device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Page by page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pause splitting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Pitch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Play</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Play or pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Previous song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Remove song from the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Show</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Stop splitting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Taller lanes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>; %n of them there already</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>= song {level}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A .rpp file with every stem on a coloured track; for WAV and FLAC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A click opens the export (Ctrl+Shift+E)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A difference was not shown</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A is stage 1 ({first}), B is stage 2 ({second}), both equally loud. X is one of them, drawn anew for every trial. Listen as often as you like, then say which one X is. How you did is told at the end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A song that failed or was stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A song that was split stays here, and opens at once when it is added again with the same model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A, B and X switch at the same moment of the music. Space pauses; 1 and 2 answer, once you have heard X.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ADDED</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Bandsaw</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a &amp;folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add all songs of a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add songs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add songs (Ctrl+O)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add songs…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All faders are at 0 dB: stems and residual add up to the song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All faders, pans, mutes, solos and stages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All files were there already; nothing was written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All stems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also export the song without {stem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Also write a REAPER project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An unexpected error stopped the work; your song is unchanged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another language is used when Bandsaw is started the next time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another reference is still being read; try again in a moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Another song is being split first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answer: X is {guess} ({key})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Answered trials</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Apple graphics</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Artist - Title (Stem)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As at first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the &amp;system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the reference it is compared with {stem} of this song; as a song it is split into stems.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>As the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At most</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>B&amp;lind test (ABX)…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Back {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bandsaw splits the song into its stems, on this computer. Nothing is uploaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bandsaw {version}

Splits songs into stems on your own computer.
Apache License 2.0. Built with Qt (LGPL), PyTorch and NumPy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bandsaw&apos;s own model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bass</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best (slowest)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blind test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Blind test, {subject}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both, to compare them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Can you hear the difference?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change model and quality in the preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Change…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that it plays in another program, or convert it to WAV or FLAC and drop it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the free space and the permissions of the folder, or choose another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a range in which both can be heard.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose anew and start another test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another device, or close programs that use a lot of memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another model (Ctrl+,)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose more to export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the folder to write to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose to replace or to skip what is already there, or another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose where to save it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click to move the playhead, drag to make a loop, drag its edges to change it (I, O, L)
Ctrl+wheel zooms, Shift+wheel moves, Alt+drag zooms to a part, Ctrl+0 shows all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click to read more; Lanes, Remove reference takes it away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close this list (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close without a test (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close without saving (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colour of the stem</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours of the difference: stage 2 softer or louder than stage 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Colours of the spectrogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comp</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comp: take stage &amp;1 in the loop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comp: take stage &amp;2 in the loop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Comps: {stems}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the details to the clipboard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the technical details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+Alt+wheel does the same</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+wheel zooms at the pointer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete all stems?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete all…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete stems</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Delete the stems of %n songs ({size})?</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Delete the stems of all songs; the songs&apos; own files stay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete the stems of the chosen song; the song&apos;s own file stays</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delta</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delta (stage 2 − stage 1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delta make-&amp;up gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delta {gain} dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device and memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device and memory: {facts}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Difference &amp;only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Double-click</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag out: {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag the mix as heard to another program or a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag the mix instead, or export it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag the mix of the loop to another program or a folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw the lanes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw the pictures as they were when Bandsaw was started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawing the lanes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drop a song here</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Drop to split these %n items</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Dropped on a lane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drums</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Esc</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export only the loop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export progress</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export stage {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export stems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the &amp;mix as heard…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the comps</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the mix as heard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the residual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export to this folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export what you need; stems and residual together are exactly your song.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F&amp;aster by 5 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>F&amp;older</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>FILES</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>FLAC, 16 bit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>FLAC, 24 bit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>FLAC, as deep as the song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>FORMAT</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Facts and logs for whoever helps, without audio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Failed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fields</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files are being written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files or folders; songs are split one after another</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files that are not finished are removed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files that were written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Files that will be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fit lanes to the &amp;window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fo&amp;llow the playhead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Focus lane &amp;above</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Focus lane &amp;below</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Focus lane {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Forward {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give the new files a number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go back to the model that comes with Bandsaw</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Grey</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>H&amp;igher by a semitone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear only {stem} and other soloed lanes (S, Shift+{number})
Ctrl+click: only this one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear stage &amp;1 (mask)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear stage &amp;2 (mask + residual)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear stage {number} of all stems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear stage {number}: {name} ({key}); X switches back and forth</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear the &amp;delta (stage 2 − stage 1)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear the lane&apos;s &amp;delta</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear the lane&apos;s &amp;reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear the lane&apos;s com&amp;p</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hearing: {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Height of lanes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Height of the lanes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Higher or lower at the same speed (Alt+-, Alt++)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hold splitting, and go on at the same place (Ctrl+P)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How files are named; a field without a value is left out. Empty: vocals.wav, bass.wav …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In a folder of its own: {folder}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the &amp;middle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>In the blind test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Insert a field into the names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Insert a field, or go back to the usual names</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>It and the %n that wait will be in the list next time; this song then starts from its beginning.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>It will be in the list next time; this song then starts from its beginning.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its stems stay in the library</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys and mouse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>LIBRARY OF SPLIT SONGS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last opened</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Leave the test? The %n answers so far would be lost.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Level in dB full scale: mean solid, peak lighter
The light at the end: clipped (Shift+C puts it out)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Level: drag, or wheel in steps of 1 dB (Shift 0.1 dB); double-click is 0 dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Levels are unchanged: together with the residual, the stems add up to the song.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Library of split songs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Linear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listen to each stem, mute and solo, and compare both stages of the network.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Load the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Logarithmic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking at the disk…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking in the library…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking whether it was split before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loop &amp;up to here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loop from &amp;here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Louder by 0.1 dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lower by a &amp;semitone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>M4A, AAC 256 kb/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>M4A, ALAC, as deep as the song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>MP3, 320 kb/s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Master meter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure the levels and start the test (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measuring how loud both are…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory of the engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory of the window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mix = song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mix ≠ song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mixer, loop and list of songs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move song &amp;down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move song &amp;up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mu&amp;te lane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mute lane {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mute {stem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NOW SPLITTING</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>NVIDIA graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ne&amp;xt way to follow</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next &amp;kind of picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next split: {model}, quality {quality}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No loop yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No song is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No song yet; room for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Normal speed and pitch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not added</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was kept of this song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing: all lanes are muted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number of trials</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number the new ones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Off, {loop}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ogg Vorbis</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On, {loop}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One zip file for whoever helps you with a problem. It holds versions, device and memory, your settings, the songs&apos; technical facts and the last {count} lines of the log. It never holds audio, and nothing is sent: you decide what happens to the file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the loop (there is none)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Only the loop, {start} to {stop}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a checkpoint</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open a checkpoint…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the &amp;log folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the folder with the files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open the true stem of this song: the same recording, as long as the song.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open, delete, and how large it may get</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Other</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Output device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PAUSED</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pan {pan}: drag, or wheel; double-click is the middle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause splitting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused in {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Peak</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture &amp;options…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Picture options</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pitch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plain names: vocals, bass, …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play or pause (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play the loop from its star&amp;t</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Playhead: {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Playing {version}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Position</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preferences (Ctrl+,)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preferences…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press A, B or X to listen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press for all facts (Ctrl+I)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press “Preferences…” and open a checkpoint file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress of all songs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Progress of this step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put out the clip li&amp;ghts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the files in a folder of their own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put the song on show (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quality</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit Bandsaw?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>REAPER project</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Re&amp;ference for this lane…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Read-out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the reference…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reference of {stem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reference of {stem}: {facts}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reference: {file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove the lane&apos;s reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Replace them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset the &amp;mixer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Residual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Residual (what the chosen stems leave)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Room for the library</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;horter lanes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;olo focused lane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;olo lane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;plit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>S&amp;witch stage</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SONGS</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SONGS THAT ARE SPLIT FROM NOW ON</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SOUND</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>STOPPED</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>STOPPING</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a &amp;support file…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a support file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save results…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save the results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Saved as {file}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the room that is taken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Share of the waveform</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift+wheel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show technical details to copy into a report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the &amp;whole song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the folder of its s&amp;tems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the folder with the log file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the song&apos;s &amp;folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show where the stems lie</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Side by side, then stacked with their difference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Silence {stem} (M, Alt+{number})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skip them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Skip these</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slo&amp;wer by 5 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slower or faster at the same pitch (-, +)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Slower, faster, higher or lower; no file is changed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>So&amp;fter by 1 dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Softer by 0.1 dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Solo lane {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Solo {stem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something went wrong inside Bandsaw; Help, Open the log folder has the details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Song without</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Songs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Songs are split in the order of the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spectrogram only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spee&amp;d and pitch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speed and pitc&amp;h…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speed and pitch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split a&amp;gain</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split songs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split the short song that comes with Bandsaw</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split the song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split this song from its beginning (Ctrl+R)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Split this song once more</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Splitting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Splitting is paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Splitting: {done} of {total}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage 1 only (quicker)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage {number} ({name})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage {number} {level}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stage {second} − stage {first}, in dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stages and &amp;difference, stacked</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stages side by &amp;side</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting the engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stem file (.stem.mp4), AAC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stem file (.stem.mp4), ALAC</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stems</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sto&amp;p</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop splitting this song; what is done of it is not kept (Ctrl+.)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopped “{song}”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tab, Shift+Tab</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Take this song off the list (Ctrl+W)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Technical details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Template of the file names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Test again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The file is not ready yet: drag again in a moment</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The files could not be written</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mix as heard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The mixer was changed, so the mix is not the song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The network cannot run on this device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The reference is silent: no SDR</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The song goes on where it was held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The song is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The songs&apos; own files and what you exported stay. Songs have to be split again to be heard in stems.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The splitting engine stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The stage that &amp;sounds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The true stem, to compare with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The true {stem} of this song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The true {stem}, as given by you, and how close each stage comes to it over the whole song. SDR is the level of the reference above what differs from it; more is better.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Their levels among themselves are unchanged: together with the residual, the stems add up to the song.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There are files in the way</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no usable model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no {file} any more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is nothing to compare</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This file cannot be the reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is longer than {time} and hard to keep in mind; a loop of 3 to 10 s works best.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is shorter than {time} and hard to judge; a loop of 3 to 10 s works best.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This song cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time ruler</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time ruler, loop from {start} to {stop}, off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time ruler, loop from {start} to {stop}, on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To the &amp;end</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To the &amp;start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Trial {number} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again. If it happens again, please report it with the details below.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again. If it stops again, close other programs or choose the quality Fast.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the &amp;demo song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try the demo song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use Bandsaw&apos;s own</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a trained network from a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use as reference for {stem}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Visible part of the song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Vocals</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WAITING FOR ITS TURN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WAV, 16 bit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WAV, 24 bit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WAV, 32 bit float</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WAV, as deep as the song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WHAT</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WHERE AND NAMES</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WINDOW</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waveform and spectrogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waveform only</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waveform&apos;s share</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is “{file}”?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What plays differs from the song by {level} full scale</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What plays is the song: the difference is {level}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the faders make now: {words}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the song on show was split on and why, and what the window and the engine use now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When files are there already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When there is no room, what was not opened for longest is deleted; songs in the list stay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Why this device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>With the names of my songs and folders</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without a loop: in the whole song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without the reference of {stems}, which is no part of the song</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without this, every name is replaced by a mark such as file-1a2b3c4d.wav</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Working</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write one row for each trial to a CSV file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write only the files that are not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write over the files that are there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write the files (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>X is A, X is B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>X is {guess}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You hear a difference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Zoom to the &amp;loop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a few seconds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a few seconds left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a file without suffix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>and</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>and %n more (see Details)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>below −100 dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>best</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>both stages are equally loud</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>clipped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>close a dialog</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>fast</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>files or folders anywhere: split them; one file on a lane: use it as its reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from the next start on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hear stage 1, stage 2, the unknown one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it cannot be opened ({reason})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is no longer there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is not there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>known once a song has been split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leave the test</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>less than 0.1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>level difference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>loudest {tone} {level}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mask</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mask + residual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>mono</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>move left and right</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>next, previous control</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no drop-outs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no picture</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no picture of this signal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not known</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not known on this system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of {length}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on S: solo only this lane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on a lane or the ruler: move the playhead there; on a strip: focus it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on a level: back to 0 dB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on a level: in steps of 1 dB, with Shift 0.1 dB; elsewhere: more lanes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>open the menus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>or several, or a folder: anywhere on this window</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>play or pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>playhead at {time}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>press the button that has the focus</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>quality {name}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>reading it is not allowed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>semitones</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>silent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stage 2 is {level} louder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stage 2 is {level} softer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stereo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the loop, {length}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the original</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the residual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the whole song, {length}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there are no songs in this folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wave {level}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>waveform and spectrogram</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>zoom at the pointer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{amount} of memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{correct} of {count} answers were right; guessing does at least as well in {share} of such tests (p = {p}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{device} (not found)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{difference} there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{done} of {count} done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{factor}× real time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{facts}; click for stage {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{file} is ready to be dragged</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>{machine}, %n cores</source>
        <translation type="unfinished">
            <numerusform></numerusform>
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>{number}: X was {x}, you said {answer}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{number}: X was {x}, you said {answer} (wrong)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{output}: {dropouts} in this song, buffer of {length} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{speed} on {device}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem} level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem} meter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem} pan</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem} sounds as {what}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem} strip</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem}, reference</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem}, stage {number}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem}, stage {second} − stage {first}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{stem}: click or press {number} to focus, then M mutes and S solos; drag it out as a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{suffix} is not a sound format Bandsaw knows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} · comp sounding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} · delta sounding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} · reference sounding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what} · sounding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{what}, from {low} to {high}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{file}” is the reference of {stem}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{song}” could not be split</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{song}” is being split.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{song}” is in the list already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{song}” is ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{song}” is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{song}” was split before; its stems are from the library</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>≠ song {level}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
